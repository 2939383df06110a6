-- A name that is too long is an error and never cut, and one that is there already stays as it is.
INSERT INTO {prefix}server (id, queues, workers, started_at, heartbeat_at)
VALUES (@id, @queues, @workers, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))
ON DUPLICATE KEY UPDATE id = id;
