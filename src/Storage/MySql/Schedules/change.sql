UPDATE job_schedule
   SET since = IF(cron <=> @Cron, since, UTC_TIMESTAMP(3)), cron = @Cron, attempts = @Attempts, pause_seconds = @PauseSeconds,
       limit_seconds = @LimitSeconds, overlap = @Overlap
 WHERE job = @job;
