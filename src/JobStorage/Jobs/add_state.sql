-- The job's row is locked first, so that two states of one job come one after the other; there is no state of no job.
INSERT INTO {prefix}job_state (job_id, name, reason, created_at, data)
SELECT id, @name, @reason, UTC_TIMESTAMP(6), @data FROM {prefix}job WHERE id = @id FOR UPDATE;
