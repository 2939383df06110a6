DELETE FROM {prefix}job WHERE id = @id;
DELETE FROM {prefix}job_parameter WHERE job_id = @id;
DELETE FROM {prefix}job_state WHERE job_id = @id;
