SELECT flip.generation_id, flip.previous_generation_id, flip.run_id, flip.flipped_at,
       (SELECT MIN(later.flipped_at) FROM serving_flip AS later WHERE later.scope = flip.scope AND later.fencing_token > flip.fencing_token) AS until,
       job_run.job, job_run.requested_by
  FROM serving_flip AS flip
  JOIN generation ON generation.generation_id = flip.generation_id
  LEFT JOIN job_run ON job_run.run_id = flip.run_id
 WHERE generation.model_id = @modelId
 ORDER BY flip.fencing_token DESC
 LIMIT @most;
