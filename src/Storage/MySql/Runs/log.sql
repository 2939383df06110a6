INSERT INTO job_run_log (run_id, attempt, logged_at, message)
SELECT run_id, attempt, UTC_TIMESTAMP(3), @message
  FROM job_run
 WHERE run_id = @runId AND fencing_token = @token AND state = 'running';
