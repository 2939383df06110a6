DELETE FROM popularity WHERE computed_at < @before LIMIT @most;
