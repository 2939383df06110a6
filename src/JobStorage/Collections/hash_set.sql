INSERT INTO {prefix}hash_field (hash_name, field, value, expire_at)
SELECT @key, @field, @value, IF(known.expire_at > UTC_TIMESTAMP(6), known.expire_at, NULL)
  FROM (SELECT (SELECT expire_at FROM {prefix}hash_field WHERE hash_name = @key LIMIT 1) AS expire_at) known
ON DUPLICATE KEY UPDATE value = @value, expire_at = IF({prefix}hash_field.expire_at > UTC_TIMESTAMP(6), {prefix}hash_field.expire_at, NULL);
