DELETE FROM {prefix}list_item WHERE expire_at < UTC_TIMESTAMP(6) ORDER BY expire_at LIMIT @count;
