SELECT id, name, value, expire_at FROM {prefix}counter ORDER BY id LIMIT @count FOR UPDATE SKIP LOCKED;
