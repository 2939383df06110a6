-- Locks the entry, so that nobody can take the job over before this transaction ends.
SELECT COUNT(*) FROM {prefix}queue_entry WHERE id = @entry AND owner = @owner FOR UPDATE;
