UPDATE {prefix}queue_entry SET owner = NULL, fetched_at = NULL, available_at = UTC_TIMESTAMP(6) WHERE id = @entry AND owner = @owner;
