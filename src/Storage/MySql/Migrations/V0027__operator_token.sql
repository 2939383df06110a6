-- What programs ask the API with, in an operator's name.
CREATE TABLE IF NOT EXISTS operator_token (
  token_id     BIGINT      NOT NULL AUTO_INCREMENT,
  token_hash   BINARY(32)  NOT NULL COMMENT 'SHA-256 of the token',
  operator_id  BIGINT      NOT NULL,
  name         VARCHAR(64) NOT NULL COMMENT 'what it is for',
  role         VARCHAR(16) NOT NULL COMMENT 'the most that it may, and never more than its operator',
  created_at   DATETIME(3) NOT NULL,
  expires_at   DATETIME(3) NOT NULL,
  last_used_at DATETIME(3) NULL,
  revoked_at   DATETIME(3) NULL,
  PRIMARY KEY (token_id),
  UNIQUE KEY operator_token_hash (token_hash),
  KEY operator_token_operator (operator_id, revoked_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
