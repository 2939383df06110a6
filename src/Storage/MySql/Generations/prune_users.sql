SELECT user_id FROM recommendation WHERE generation_id = @generation ORDER BY user_id LIMIT @most;
