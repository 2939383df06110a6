SELECT job, cron, attempts, pause_seconds, limit_seconds, overlap, paused_by, paused_at, since FROM job_schedule;
