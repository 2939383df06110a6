-- A model whose events were read before the member was barred from training, and which is registered after the others were marked.
INSERT IGNORE INTO model_erasure (model_id, erasure_id, marked_at)
SELECT @modelId, MIN(erasure.erasure_id), UTC_TIMESTAMP(3)
  FROM erasure
  JOIN job_run ON job_run.run_id = @RunId
 WHERE erasure.events > 0 AND erasure.barred_at >= COALESCE(@ReadAt, job_run.started_at)
HAVING MIN(erasure.erasure_id) IS NOT NULL;
