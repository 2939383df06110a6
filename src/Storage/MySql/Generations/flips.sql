SELECT serving_flip.generation_id, serving_flip.previous_generation_id, serving_flip.run_id, serving_flip.flipped_at,
       LEAD(serving_flip.flipped_at) OVER (PARTITION BY serving_flip.scope ORDER BY serving_flip.fencing_token) AS until, job_run.job, job_run.requested_by
  FROM serving_flip
  LEFT JOIN job_run ON job_run.run_id = serving_flip.run_id
 WHERE serving_flip.scope = @scope
 ORDER BY serving_flip.fencing_token DESC
 LIMIT @most;
