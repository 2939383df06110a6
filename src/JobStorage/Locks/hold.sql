-- Keeps the lock's row as it is until this transaction ends.
SELECT COUNT(*) FROM {prefix}lock_holder WHERE resource = @resource AND owner = @owner LOCK IN SHARE MODE;
