UPDATE {prefix}hash_field SET expire_at = UTC_TIMESTAMP(6) + INTERVAL @expireIn SECOND WHERE hash_name = @key;
