SELECT name, reason, data, created_at FROM {prefix}job_state WHERE job_id = @id ORDER BY id DESC;
