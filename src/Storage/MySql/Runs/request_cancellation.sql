INSERT IGNORE INTO job_run_cancellation (run_id, attempt, requested_by, requested_at)
SELECT run_id, attempt, @requestedBy, UTC_TIMESTAMP(3) FROM job_run WHERE run_id = @runId AND state = 'running';
