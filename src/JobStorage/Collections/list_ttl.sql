SELECT TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(6), expire_at) FROM {prefix}list_item WHERE list_name = @key LIMIT 1;
