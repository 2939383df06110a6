DELETE FROM job_run_log WHERE run_id = @runId AND log_id > @head ORDER BY log_id LIMIT @most;
