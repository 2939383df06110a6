SELECT user_id, items FROM recommendation WHERE generation_id = @generation AND user_id > @after ORDER BY user_id LIMIT @most;
