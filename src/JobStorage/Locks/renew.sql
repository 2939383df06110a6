UPDATE {prefix}lock_holder SET expires_at = UTC_TIMESTAMP(6) + INTERVAL @lease SECOND WHERE resource = @resource AND owner = @owner;
