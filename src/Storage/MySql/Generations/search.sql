SELECT generation.generation_id, generation.scope, generation.run_id, generation.model_id, generation.state, generation.lists, generation.created_at,
       generation.published_at, generation.generation_id = serving_pointer.generation_id AS served,
       generation.generation_id = serving_pointer.previous_generation_id AS served_before, serving_pointer.flipped_at,
       JSON_EXTRACT(model_report.report, '$.gate.checks[*].passed') AS checks,
       CAST(JSON_EXTRACT(model_report.report, '$.gate.challenger.metrics."coverage@20".mean') AS DOUBLE) AS coverage
  FROM generation
  LEFT JOIN serving_pointer ON serving_pointer.scope = generation.scope
  LEFT JOIN model_report ON model_report.model_id = generation.model_id
 WHERE generation.generation_id < @before
 ORDER BY generation.generation_id DESC
 LIMIT @most;
