SELECT MIN(computed_at) FROM (SELECT DISTINCT computed_at FROM popularity ORDER BY computed_at DESC LIMIT @keep) AS kept;
