INSERT INTO {prefix}counter (name, value, expire_at) VALUES (@key, @value, UTC_TIMESTAMP(6) + INTERVAL @expireIn SECOND);
