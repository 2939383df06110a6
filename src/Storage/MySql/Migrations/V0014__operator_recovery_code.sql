CREATE TABLE IF NOT EXISTS operator_recovery_code (
  operator_id BIGINT      NOT NULL,
  code_hash   BINARY(32)  NOT NULL COMMENT 'HMAC under the dashboard key',
  used_at     DATETIME(3) NULL,
  PRIMARY KEY (operator_id, code_hash)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
