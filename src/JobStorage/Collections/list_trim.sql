DELETE FROM {prefix}list_item
 WHERE list_name = @key
   AND id NOT IN (SELECT id FROM (SELECT id FROM {prefix}list_item WHERE list_name = @key ORDER BY id DESC LIMIT @count OFFSET @offset) kept);
