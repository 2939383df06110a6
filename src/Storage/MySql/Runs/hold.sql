-- Locks the run's row, so that nobody can take the run over before this transaction ends.
SELECT UTC_TIMESTAMP(3) FROM job_run WHERE run_id = @RunId AND fencing_token = @Token AND state = 'running' FOR UPDATE;
