SELECT run_id, state, attempt, fencing_token, lease_owner, started_at
  FROM job_run
 WHERE job = @job AND scheduled_at = @scheduledAt
   FOR UPDATE;
