SELECT DISTINCT hour_at FROM popularity_history WHERE hour_at >= @from AND hour_at < @to ORDER BY hour_at;
