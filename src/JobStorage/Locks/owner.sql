SELECT owner FROM {prefix}lock_holder WHERE resource = @resource;
