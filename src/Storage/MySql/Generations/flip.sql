-- Compare and set: one row, or the pointer has moved since it was read, or a later run has moved it.
UPDATE serving_pointer
   SET previous_generation_id = generation_id, generation_id = @generation, fencing_token = @token, flipped_at = UTC_TIMESTAMP(3)
 WHERE scope = @scope AND generation_id = @expected AND fencing_token < @token;
