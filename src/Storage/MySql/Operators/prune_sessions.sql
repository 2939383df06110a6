DELETE FROM operator_session WHERE expires_at < UTC_TIMESTAMP(3) - INTERVAL @days DAY LIMIT @most;
