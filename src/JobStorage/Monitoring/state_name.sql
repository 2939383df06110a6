SELECT state_name FROM {prefix}job WHERE id = @id;
