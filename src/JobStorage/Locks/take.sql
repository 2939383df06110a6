-- One statement decides: a row that is there is taken only when its lease has run out in calm times (see Queues/take.sql), and nobody
-- passes those who have been waiting. A waiter's own earlier place, from an attempt whose answer was lost, is in nobody's way.
SET @calm = 0;
SELECT COUNT(*) INTO @calm FROM {prefix}pulse
 WHERE one = 1 AND @alive = 1 AND heard_at >= UTC_TIMESTAMP(6) - INTERVAL @gap SECOND AND since <= UTC_TIMESTAMP(6) - INTERVAL @grace SECOND;
INSERT INTO {prefix}lock_holder (resource, owner, expires_at)
SELECT @resource, @owner, UTC_TIMESTAMP(6) + INTERVAL @lease SECOND FROM DUAL
 WHERE NOT EXISTS (
   SELECT 1 FROM {prefix}lock_waiter
    WHERE resource = @resource AND id < @ticket AND owner <> @owner AND expires_at > UTC_TIMESTAMP(6))
ON DUPLICATE KEY UPDATE
  owner = IF(expires_at < UTC_TIMESTAMP(6) AND @calm = 1, @owner, owner),
  expires_at = IF(owner = @owner, UTC_TIMESTAMP(6) + INTERVAL @lease SECOND, expires_at);
SELECT owner FROM {prefix}lock_holder WHERE resource = @resource;
