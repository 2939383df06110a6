UPDATE job_run
   SET lease_until = UTC_TIMESTAMP(3) + INTERVAL @leaseSeconds SECOND, heartbeat_at = UTC_TIMESTAMP(3), step = @step, progress = @progress
 WHERE run_id = @runId AND fencing_token = @token AND state = 'running';
