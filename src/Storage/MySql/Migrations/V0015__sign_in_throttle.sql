-- Attempts to sign in that did not succeed, per account and per address.
CREATE TABLE IF NOT EXISTS sign_in_throttle (
  subject_hash  BINARY(32)  NOT NULL COMMENT 'SHA-256 of the account''s name or of the address',
  failures      INT         NOT NULL,
  last_at       DATETIME(3) NOT NULL,
  blocked_until DATETIME(3) NOT NULL,
  PRIMARY KEY (subject_hash),
  KEY sign_in_throttle_last (last_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
