SELECT COUNT(*) FROM {prefix}lock_holder WHERE resource = @resource AND expires_at >= UTC_TIMESTAMP(6);
