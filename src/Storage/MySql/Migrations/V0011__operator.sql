-- Who may use the dashboard. Without a password hash the operator has not enrolled yet.
CREATE TABLE IF NOT EXISTS operator (
  operator_id    BIGINT         NOT NULL AUTO_INCREMENT,
  name           VARCHAR(64)    NOT NULL,
  role           VARCHAR(16)    NOT NULL COMMENT 'viewer, scientist, releaser or admin',
  password_hash  VARCHAR(255)   NULL COMMENT 'with its own parameters inside',
  totp_secret    VARBINARY(255) NULL COMMENT 'sealed by the dashboard key',
  totp_last_step BIGINT         NOT NULL DEFAULT 0 COMMENT 'only later steps are accepted',
  created_at     DATETIME(3)    NOT NULL,
  disabled_at    DATETIME(3)    NULL,
  PRIMARY KEY (operator_id),
  UNIQUE KEY operator_name (name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
