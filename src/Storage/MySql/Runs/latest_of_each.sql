-- In no order: sorting rows takes memory for the longest of their JSON.
SELECT job_run.run_id, job_run.job, job_run.scheduled_at, job_run.attempt,
       IF(job_run.state = 'running' AND job_run.lease_until < UTC_TIMESTAMP(3), 'lost', job_run.state) AS state,
       job_run.started_at, job_run.finished_at, job_run.heartbeat_at, job_run.lease_owner, job_run.step, job_run.progress, job_run.reason,
       job_run.requested_by, job_run.log_lines, job_run.parameters, job_run.metrics,
       (SELECT wish.requested_by FROM job_run_cancellation AS wish WHERE wish.run_id = job_run.run_id AND wish.attempt = job_run.attempt) AS cancelled_by,
       TIMESTAMPDIFF(MICROSECOND, job_run.started_at, COALESCE(job_run.finished_at, IF(job_run.lease_until < UTC_TIMESTAMP(3), job_run.heartbeat_at, UTC_TIMESTAMP(3)))) / 1e6
         AS seconds
  FROM job_run
  JOIN (SELECT MAX(run_id) AS run_id FROM job_run GROUP BY job) AS latest ON latest.run_id = job_run.run_id;
