-- The job's row is locked first: a job that is being deleted at this moment gets no parameter that would outlive it.
INSERT INTO {prefix}job_parameter (job_id, name, value)
SELECT id, @name, @value FROM {prefix}job WHERE id = @id FOR UPDATE
ON DUPLICATE KEY UPDATE value = @value;
