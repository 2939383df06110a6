DELETE FROM member_age_limit WHERE user_id = @UserId
