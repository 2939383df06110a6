DELETE FROM {prefix}hash_field WHERE expire_at < UTC_TIMESTAMP(6) ORDER BY expire_at LIMIT @count;
