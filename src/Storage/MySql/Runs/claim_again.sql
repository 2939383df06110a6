UPDATE job_run
   SET attempt = attempt + 1, state = 'running', fencing_token = @token, lease_owner = @owner,
       lease_until = UTC_TIMESTAMP(3) + INTERVAL @leaseSeconds SECOND, heartbeat_at = UTC_TIMESTAMP(3), started_at = @now,
       finished_at = NULL, reason = NULL, step = NULL, progress = NULL, metrics = '{}', parameters = @parameters, requested_by = @requestedBy
 WHERE run_id = @runId;
