-- Whether the lock is held, and how many stand before the ticket in line.
SELECT
  (SELECT COUNT(*) FROM {prefix}lock_holder WHERE resource = @resource AND expires_at >= UTC_TIMESTAMP(6)),
  (SELECT COUNT(*) FROM {prefix}lock_waiter WHERE resource = @resource AND id < @ticket AND owner <> @owner AND expires_at > UTC_TIMESTAMP(6));
