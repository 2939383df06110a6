-- In no order: sorting rows takes memory for the longest of their JSON.
SELECT model.model_id, model.run_id, model.algorithm, model.parameters, model.data_digest, model.metrics, model.training_seconds, model.artifact_digest,
       model.state, model.reason, model.created_at, (SELECT MAX(generation_id) FROM generation WHERE generation.model_id = model.model_id) AS generation_id,
       model_report.report, model_erasure.marked_at
  FROM (SELECT model_id FROM model WHERE model_id < @before ORDER BY model_id DESC LIMIT @most) AS page
  JOIN model ON model.model_id = page.model_id
  LEFT JOIN model_report ON model_report.model_id = model.model_id
  LEFT JOIN model_erasure ON model_erasure.model_id = model.model_id;
