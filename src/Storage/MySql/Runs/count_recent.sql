-- By the last sign of life, which stands in an index beside the state.
SELECT state, COUNT(*)
  FROM job_run
 WHERE lease_until > UTC_TIMESTAMP(3) - INTERVAL 1 DAY
 GROUP BY state;
