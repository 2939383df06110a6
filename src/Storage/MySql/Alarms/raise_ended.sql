-- Once for every attempt of the last day that did not end well.
INSERT IGNORE INTO alarm (kind, job, subject, run_id, message, raised_at, next_try_at)
SELECT job_run.state, job_run.job, CONCAT('run ', job_run.run_id, ' attempt ', job_run.attempt), job_run.run_id,
       CONCAT(job_run.job, ': run ', job_run.run_id, ' ', job_run.state, ' in attempt ', job_run.attempt, ': ', LEFT(COALESCE(job_run.reason, ''), 300)),
       UTC_TIMESTAMP(3), IF(@hook, UTC_TIMESTAMP(3), NULL)
  FROM job_run
 WHERE job_run.state IN ('failed', 'lost') AND job_run.lease_until > UTC_TIMESTAMP(3) - INTERVAL 1 DAY;
