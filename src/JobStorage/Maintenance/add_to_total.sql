INSERT INTO {prefix}counter_total (name, value, expire_at) VALUES (@key, @value, @expireAt)
ON DUPLICATE KEY UPDATE value = value + @value, expire_at = COALESCE(@expireAt, expire_at);
