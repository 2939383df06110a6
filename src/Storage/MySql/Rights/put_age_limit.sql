INSERT INTO member_age_limit (user_id, max_age) VALUES (@UserId, @MaxAge)
ON DUPLICATE KEY UPDATE max_age = VALUES(max_age)
