DELETE FROM sign_in_throttle WHERE last_at < UTC_TIMESTAMP(3) - INTERVAL 2 DAY LIMIT @most;
