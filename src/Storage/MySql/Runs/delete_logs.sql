DELETE FROM job_run_log WHERE run_id IN @runs LIMIT @most;
