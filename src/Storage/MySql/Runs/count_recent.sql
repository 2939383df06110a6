SELECT state, COUNT(*)
  FROM job_run
 WHERE started_at > UTC_TIMESTAMP(3) - INTERVAL 1 DAY
 GROUP BY state;
