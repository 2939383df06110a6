SELECT TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(6), expire_at) FROM {prefix}set_member WHERE set_name = @key LIMIT 1;
