SELECT value FROM {prefix}set_member WHERE set_name = @key;
