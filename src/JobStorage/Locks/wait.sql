INSERT INTO {prefix}lock_waiter (resource, owner, expires_at) VALUES (@resource, @owner, UTC_TIMESTAMP(6) + INTERVAL @patience SECOND);
