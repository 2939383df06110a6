-- One statement decides: a row that is there is taken only when its lease has run out, and nobody passes those who have been waiting.
INSERT INTO {prefix}lock_holder (resource, owner, expires_at)
SELECT @resource, @owner, UTC_TIMESTAMP(6) + INTERVAL @lease SECOND FROM DUAL
 WHERE NOT EXISTS (
   SELECT 1 FROM {prefix}lock_waiter
    WHERE resource = @resource AND id < @ticket AND expires_at > UTC_TIMESTAMP(6))
ON DUPLICATE KEY UPDATE
  owner = IF(expires_at < UTC_TIMESTAMP(6), @owner, owner),
  expires_at = IF(owner = @owner, UTC_TIMESTAMP(6) + INTERVAL @lease SECOND, expires_at);
SELECT owner FROM {prefix}lock_holder WHERE resource = @resource;
