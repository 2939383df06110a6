CREATE TABLE IF NOT EXISTS operator_session (
  session_id   BIGINT       NOT NULL AUTO_INCREMENT,
  token_hash   BINARY(32)   NOT NULL COMMENT 'SHA-256 of the cookie',
  operator_id  BIGINT       NOT NULL,
  address      VARCHAR(45)  NOT NULL,
  user_agent   VARCHAR(255) NOT NULL,
  created_at   DATETIME(3)  NOT NULL,
  last_seen_at DATETIME(3)  NOT NULL,
  expires_at   DATETIME(3)  NOT NULL COMMENT 'whatever happens in between',
  ended_at     DATETIME(3)  NULL,
  PRIMARY KEY (session_id),
  UNIQUE KEY operator_session_token (token_hash),
  KEY operator_session_operator (operator_id, ended_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
