SET @entry = NULL, @job = NULL, @waited = NULL, @fetched = NULL;
START TRANSACTION;
SELECT id, job_id, TIMESTAMPDIFF(MICROSECOND, available_at, UTC_TIMESTAMP(6)), TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6))
  INTO @entry, @job, @waited, @fetched
  FROM {prefix}queue_entry
 WHERE queue = @queue AND available_at <= UTC_TIMESTAMP(6)
 ORDER BY available_at, id
 LIMIT 1 FOR UPDATE SKIP LOCKED;
UPDATE {prefix}queue_entry
   SET owner = @owner, fetched_at = UTC_TIMESTAMP(6), available_at = UTC_TIMESTAMP(6) + INTERVAL @lease SECOND
 WHERE id = @entry;
COMMIT;
SELECT @entry, @job, @waited, @fetched;
