DELETE FROM {prefix}lock_waiter WHERE expires_at < UTC_TIMESTAMP(6) - INTERVAL 1 MINUTE LIMIT @count;
