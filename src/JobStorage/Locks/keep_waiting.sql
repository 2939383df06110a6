UPDATE {prefix}lock_waiter SET expires_at = UTC_TIMESTAMP(6) + INTERVAL @patience SECOND WHERE id = @ticket;
