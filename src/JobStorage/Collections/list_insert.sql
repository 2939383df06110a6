INSERT INTO {prefix}list_item (list_name, value, expire_at)
SELECT @key, @value, IF(known.expire_at > UTC_TIMESTAMP(6), known.expire_at, NULL)
  FROM (SELECT (SELECT expire_at FROM {prefix}list_item WHERE list_name = @key LIMIT 1) AS expire_at) known;
