DELETE FROM {prefix}server WHERE heartbeat_at < UTC_TIMESTAMP(6) - INTERVAL @silence SECOND;
