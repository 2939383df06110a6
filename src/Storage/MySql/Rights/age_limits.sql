SELECT user_id, max_age FROM member_age_limit;
