-- By its index whatever the statistics say: walking the primary key back passes the lines of every later run.
SELECT log_id, attempt, logged_at, message
  FROM job_run_log FORCE INDEX (job_run_log_run)
 WHERE run_id = @runId AND log_id < @before
 ORDER BY log_id DESC
 LIMIT @most;
