-- Entries that somebody is acknowledging at this moment are left for the next heartbeat.
SELECT owner FROM {prefix}queue_entry WHERE id = @entry FOR UPDATE SKIP LOCKED;
