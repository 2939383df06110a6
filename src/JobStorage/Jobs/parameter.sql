SELECT value FROM {prefix}job_parameter WHERE job_id = @id AND name = @name;
