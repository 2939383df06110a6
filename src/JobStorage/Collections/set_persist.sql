UPDATE {prefix}set_member SET expire_at = NULL WHERE set_name = @key;
