DELETE FROM {prefix}queue_entry WHERE id = @entry AND owner = @owner;
