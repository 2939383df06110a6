SELECT generation_id, previous_generation_id, fencing_token, flipped_at FROM serving_pointer WHERE scope = @scope;
