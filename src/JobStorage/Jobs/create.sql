INSERT INTO {prefix}job (id, invocation_data, created_at, expire_at)
VALUES (@id, @data, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) + INTERVAL @expireIn SECOND);
