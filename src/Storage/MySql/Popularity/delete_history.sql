DELETE FROM popularity_history WHERE hour_at = @hour;
