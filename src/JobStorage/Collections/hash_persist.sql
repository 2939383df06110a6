UPDATE {prefix}hash_field SET expire_at = NULL WHERE hash_name = @key;
