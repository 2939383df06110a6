-- Before the sweep: it leaves nothing to tell these runs by.
INSERT INTO job_run_event (run_id, attempt, state, happened_at, reason)
SELECT run_id, attempt, 'lost', UTC_TIMESTAMP(3), CONCAT('no heartbeat from ', lease_owner, ' since ', heartbeat_at)
  FROM job_run
 WHERE state = 'running' AND lease_until < UTC_TIMESTAMP(3);
