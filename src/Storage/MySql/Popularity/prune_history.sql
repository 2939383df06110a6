DELETE FROM popularity_history WHERE hour_at < UTC_TIMESTAMP() - INTERVAL @days DAY LIMIT @most;
