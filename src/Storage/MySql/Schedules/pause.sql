UPDATE job_schedule SET paused_by = @by, paused_at = UTC_TIMESTAMP(3) WHERE job = @job;
