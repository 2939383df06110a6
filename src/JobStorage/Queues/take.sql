-- @calm: whether entries of others may be taken over. It is not so while this process is silent itself, nor until everybody has had the
-- time to be heard again after a time in which nobody was.
SET @entry = NULL, @job = NULL, @waited = NULL, @loser = NULL, @rescues = 0, @fence = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)), @calm = 0;
START TRANSACTION;
SELECT COUNT(*) INTO @calm FROM {prefix}pulse
 WHERE one = 1 AND @alive = 1 AND heard_at >= UTC_TIMESTAMP(6) - INTERVAL @gap SECOND AND since <= UTC_TIMESTAMP(6) - INTERVAL @grace SECOND;
SELECT id, job_id, owner, IF(owner IS NULL, 0, rescues + 1), TIMESTAMPDIFF(MICROSECOND, available_at, UTC_TIMESTAMP(6))
  INTO @entry, @job, @loser, @rescues, @waited
  FROM {prefix}queue_entry
 WHERE queue = @queue AND available_at >= @from AND available_at <= UTC_TIMESTAMP(6) AND (owner IS NULL OR @calm = 1)
 ORDER BY available_at, id
 LIMIT 1 FOR UPDATE SKIP LOCKED;
UPDATE {prefix}queue_entry
   SET owner = @owner, rescues = @rescues, fetched_at = UTC_TIMESTAMP(6), available_at = UTC_TIMESTAMP(6) + INTERVAL @lease SECOND
 WHERE id = @entry;
-- Greater than the last one also where the clock was set back.
UPDATE {prefix}job SET fence = GREATEST(fence + 1, @fence) WHERE id = @job;
SELECT fence INTO @fence FROM {prefix}job WHERE id = @job;
COMMIT;
SELECT @entry, @job, @waited, @fence, @loser, @rescues, @calm, UTC_TIMESTAMP(6);
