UPDATE {prefix}queue_entry SET available_at = UTC_TIMESTAMP(6) + INTERVAL @lease SECOND WHERE id = @entry AND owner = @owner;
