INSERT INTO model_report (model_id, report, created_at) VALUES (@modelId, @Report, UTC_TIMESTAMP(3));
