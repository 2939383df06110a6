UPDATE {prefix}list_item SET expire_at = NULL WHERE list_name = @key;
