SELECT queue, TIMESTAMPDIFF(MICROSECOND, MIN(available_at), UTC_TIMESTAMP(6)) FROM {prefix}queue_entry GROUP BY queue;
