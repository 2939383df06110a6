UPDATE {prefix}set_member SET expire_at = UTC_TIMESTAMP(6) + INTERVAL @expireIn SECOND WHERE set_name = @key;
