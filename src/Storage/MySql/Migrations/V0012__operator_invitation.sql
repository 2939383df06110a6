-- One-time links by which operators set their password and second factor.
CREATE TABLE IF NOT EXISTS operator_invitation (
  token_hash  BINARY(32)     NOT NULL COMMENT 'SHA-256 of what the link carries',
  operator_id BIGINT         NOT NULL,
  totp_secret VARBINARY(255) NOT NULL COMMENT 'sealed by the dashboard key',
  expires_at  DATETIME(3)    NOT NULL,
  used_at     DATETIME(3)    NULL,
  PRIMARY KEY (token_hash),
  KEY operator_invitation_operator (operator_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
