INSERT INTO generation (scope, run_id, model_id, fencing_token, state, created_at)
VALUES (@scope, @runId, @modelId, @token, 'writing', UTC_TIMESTAMP(3));
SELECT LAST_INSERT_ID();
