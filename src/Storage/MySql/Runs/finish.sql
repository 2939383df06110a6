UPDATE job_run
   SET state = @state, finished_at = UTC_TIMESTAMP(3), reason = @reason, metrics = @metrics, step = NULL,
       progress = IF(@state = 'succeeded', 1, progress)
 WHERE run_id = @runId AND fencing_token = @token AND state = 'running';
