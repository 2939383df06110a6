INSERT INTO {prefix}job_state (job_id, name, reason, created_at, data)
SELECT id, @name, @reason, UTC_TIMESTAMP(6), @data FROM {prefix}job WHERE id = @id FOR UPDATE;
UPDATE {prefix}job SET state_id = LAST_INSERT_ID(), state_name = @name WHERE id = @id;
