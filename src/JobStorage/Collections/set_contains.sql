SELECT COUNT(*) FROM {prefix}set_member WHERE set_name = @key AND value = @value;
