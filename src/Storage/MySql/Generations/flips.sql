-- A worker of before there were origins leaves none while its successors start: then the run says it, as long as it is kept.
SELECT flip.fencing_token, flip.generation_id, flip.previous_generation_id, flip.run_id, flip.flipped_at,
       (SELECT later.flipped_at FROM serving_flip AS later
         WHERE later.scope = flip.scope AND later.fencing_token > flip.fencing_token ORDER BY later.fencing_token LIMIT 1) AS until,
       COALESCE(origin.job, job_run.job) AS job, COALESCE(origin.requested_by, job_run.requested_by) AS requested_by, job_run.run_id IS NOT NULL AS run_is_kept
  FROM serving_flip AS flip
  LEFT JOIN serving_flip_origin AS origin ON origin.scope = flip.scope AND origin.fencing_token = flip.fencing_token
  LEFT JOIN job_run ON job_run.run_id = flip.run_id
 WHERE flip.scope = @scope AND flip.fencing_token < @before
 ORDER BY flip.fencing_token DESC
 LIMIT @most;
