UPDATE {prefix}job SET expire_at = NULL WHERE id = @id;
