SELECT value FROM {prefix}set_member WHERE set_name = @key ORDER BY score, value LIMIT @count OFFSET @offset;
