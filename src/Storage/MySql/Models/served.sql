SELECT model.model_id, model.algorithm, model.artifact_path, model.artifact_digest, model.state, model_report.report,
       model_erasure.marked_at, TIMESTAMPDIFF(DAY, model_erasure.marked_at, UTC_TIMESTAMP(3))
  FROM serving_pointer
  JOIN generation ON generation.generation_id = serving_pointer.generation_id
  JOIN model ON model.model_id = generation.model_id
  LEFT JOIN model_report ON model_report.model_id = model.model_id
  LEFT JOIN model_erasure ON model_erasure.model_id = model.model_id
 WHERE serving_pointer.scope = @scope;
