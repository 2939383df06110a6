SELECT id, queues, workers, started_at, heartbeat_at FROM {prefix}server ORDER BY id;
