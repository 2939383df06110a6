SELECT COUNT(*) FROM (SELECT 1 FROM {prefix}set_member WHERE set_name = @key LIMIT @limit) counted;
