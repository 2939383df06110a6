-- The strictest of a member's profiles: titles for older ones are on none of their lists. A member without a row has no limit.
CREATE TABLE IF NOT EXISTS member_age_limit (
  user_id BIGINT           NOT NULL,
  max_age TINYINT UNSIGNED NOT NULL,
  PRIMARY KEY (user_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
