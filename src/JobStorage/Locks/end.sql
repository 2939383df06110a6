-- Gives the lock's row back with this transaction, and says whether it was still the holder's.
DELETE FROM {prefix}lock_holder WHERE resource = @resource AND owner = @owner;
SELECT ROW_COUNT();
