UPDATE job_schedule SET paused_by = NULL, paused_at = NULL, since = UTC_TIMESTAMP(3) WHERE job = @job;
