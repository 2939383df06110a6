SELECT owner FROM {prefix}queue_entry WHERE id = @entry;
