SELECT COUNT(*) FROM (SELECT 1 FROM {prefix}job WHERE state_name = @state LIMIT @limit) counted;
