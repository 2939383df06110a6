UPDATE {prefix}server SET heartbeat_at = UTC_TIMESTAMP(6) WHERE id = @id;
