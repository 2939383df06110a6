INSERT IGNORE INTO alarm (kind, job, subject, message, raised_at, next_try_at)
SELECT 'missed', @job, @subject, @message, UTC_TIMESTAMP(3), IF(@hook, UTC_TIMESTAMP(3), NULL)
  FROM DUAL
 WHERE NOT EXISTS (SELECT * FROM job_run WHERE job = @job AND scheduled_at = @scheduledAt);
