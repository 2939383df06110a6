INSERT IGNORE INTO {prefix}server (id, queues, workers, started_at, heartbeat_at)
VALUES (@id, @queues, @workers, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6));
