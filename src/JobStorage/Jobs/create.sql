-- The id is this process's alone: a row that is there already is from an attempt whose answer was lost.
INSERT INTO {prefix}job (id, invocation_data, created_at, expire_at)
VALUES (@id, @data, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) + INTERVAL @expireIn SECOND)
ON DUPLICATE KEY UPDATE created_at = created_at;
