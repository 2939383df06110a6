SET @mine = NULL;
SELECT resource INTO @mine FROM {prefix}lock_holder WHERE resource = @resource AND owner = @owner FOR UPDATE SKIP LOCKED;
UPDATE {prefix}lock_holder SET expires_at = UTC_TIMESTAMP(6) + INTERVAL @lease SECOND WHERE resource = @mine;
SELECT owner FROM {prefix}lock_holder WHERE resource = @resource;
