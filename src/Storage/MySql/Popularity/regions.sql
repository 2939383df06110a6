SELECT DISTINCT region FROM popularity_history WHERE hour_at = (SELECT MAX(hour_at) FROM popularity_history) ORDER BY region;
