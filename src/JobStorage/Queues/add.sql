INSERT INTO {prefix}queue_entry (queue, job_id, available_at) VALUES (@queue, @id, UTC_TIMESTAMP(6));
