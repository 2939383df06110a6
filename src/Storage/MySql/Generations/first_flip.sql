INSERT IGNORE INTO serving_pointer (scope, generation_id, previous_generation_id, fencing_token, flipped_at)
VALUES (@scope, @generation, NULL, @token, UTC_TIMESTAMP(3));
