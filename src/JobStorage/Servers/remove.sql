DELETE FROM {prefix}server WHERE id = @id;
