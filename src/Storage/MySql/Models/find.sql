SELECT model.model_id, model.algorithm, model.artifact_path, model.artifact_digest, model.state, model_report.report
  FROM model
  LEFT JOIN model_report ON model_report.model_id = model.model_id
 WHERE model.model_id = @modelId;
