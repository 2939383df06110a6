SELECT log_id, attempt, logged_at, message
  FROM job_run_log
 WHERE run_id = @runId AND log_id < @before
 ORDER BY log_id DESC
 LIMIT @most;
