INSERT INTO serving_flip (scope, fencing_token, generation_id, previous_generation_id, run_id, flipped_at)
SELECT scope, fencing_token, generation_id, previous_generation_id, @runId, flipped_at FROM serving_pointer WHERE scope = @scope;
INSERT INTO serving_flip_origin (scope, fencing_token, job, requested_by)
SELECT serving_pointer.scope, serving_pointer.fencing_token, job_run.job, job_run.requested_by
  FROM serving_pointer
  JOIN job_run ON job_run.run_id = @runId
 WHERE serving_pointer.scope = @scope;
