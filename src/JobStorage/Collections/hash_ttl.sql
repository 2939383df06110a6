SELECT TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(6), expire_at) FROM {prefix}hash_field WHERE hash_name = @key LIMIT 1;
