DELETE FROM {prefix}list_item WHERE list_name = @key;
