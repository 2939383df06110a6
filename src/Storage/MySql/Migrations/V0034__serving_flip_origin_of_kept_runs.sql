INSERT IGNORE INTO serving_flip_origin (scope, fencing_token, job, requested_by)
SELECT serving_flip.scope, serving_flip.fencing_token, job_run.job, job_run.requested_by
  FROM serving_flip
  JOIN job_run ON job_run.run_id = serving_flip.run_id;
