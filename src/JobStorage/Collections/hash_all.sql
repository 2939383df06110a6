SELECT field, value FROM {prefix}hash_field WHERE hash_name = @key;
