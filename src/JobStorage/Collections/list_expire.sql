UPDATE {prefix}list_item SET expire_at = UTC_TIMESTAMP(6) + INTERVAL @expireIn SECOND WHERE list_name = @key;
