-- Compare and set, as a flip is.
DELETE FROM serving_pointer WHERE scope = @scope AND generation_id = @expected AND fencing_token < @token;
