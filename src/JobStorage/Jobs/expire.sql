UPDATE {prefix}job SET expire_at = UTC_TIMESTAMP(6) + INTERVAL @expireIn SECOND WHERE id = @id;
