-- An entry that somebody has locked is left for the next heartbeat, so that one stuck session does not keep it from all the others.
SET @held = NULL;
SELECT id INTO @held FROM {prefix}queue_entry WHERE id = @entry AND owner = @owner FOR UPDATE SKIP LOCKED;
UPDATE {prefix}queue_entry SET available_at = UTC_TIMESTAMP(6) + INTERVAL @lease SECOND WHERE id = @held;
SELECT owner FROM {prefix}queue_entry WHERE id = @entry;
