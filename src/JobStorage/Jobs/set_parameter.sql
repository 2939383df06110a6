INSERT INTO {prefix}job_parameter (job_id, name, value)
SELECT id, @name, @value FROM {prefix}job WHERE id = @id
ON DUPLICATE KEY UPDATE value = @value;
