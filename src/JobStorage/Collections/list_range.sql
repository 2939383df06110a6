SELECT value FROM {prefix}list_item WHERE list_name = @key ORDER BY id DESC LIMIT @count OFFSET @offset;
