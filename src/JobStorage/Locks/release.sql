DELETE FROM {prefix}lock_holder WHERE resource = @resource AND owner = @owner;
