DELETE FROM {prefix}lock_waiter WHERE id = @ticket;
