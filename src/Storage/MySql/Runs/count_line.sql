UPDATE job_run SET log_lines = log_lines + 1 WHERE run_id = @runId;
SELECT log_lines FROM job_run WHERE run_id = @runId;
