SELECT DISTINCT queue FROM {prefix}queue_entry ORDER BY queue;
