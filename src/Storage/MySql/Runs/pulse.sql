-- Another value whenever a page may show something else: a run began, moved, logged or ended, or the pointer moved.
SELECT CONCAT_WS('-',
  (SELECT MAX(run_id) FROM job_run),
  (SELECT CONCAT(COUNT(*), '-', COALESCE(MAX(heartbeat_at), 0), '-', COALESCE(SUM(log_lines), 0)) FROM job_run WHERE state = 'running'),
  (SELECT MAX(fencing_token) FROM serving_pointer));
