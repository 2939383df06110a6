SELECT COUNT(IF(available_at <= UTC_TIMESTAMP(6), 1, NULL)), COUNT(IF(available_at > UTC_TIMESTAMP(6), 1, NULL))
  FROM {prefix}queue_entry WHERE queue = @queue;
