SELECT MIN(user_id), MAX(user_id) FROM recommendation WHERE generation_id = @generation;
