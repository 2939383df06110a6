-- The last of the lines that a log keeps from its beginning.
SELECT log_id FROM job_run_log WHERE run_id = @runId ORDER BY log_id LIMIT 1 OFFSET @others;
