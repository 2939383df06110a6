INSERT INTO serving_flip (scope, fencing_token, generation_id, previous_generation_id, run_id, flipped_at)
SELECT scope, fencing_token, generation_id, previous_generation_id, @runId, flipped_at FROM serving_pointer WHERE scope = @scope;
