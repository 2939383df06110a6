CREATE TABLE IF NOT EXISTS {prefix}counter_total (
  name      VARCHAR(255) NOT NULL,
  value     BIGINT       NOT NULL,
  expire_at DATETIME(6)  NULL,
  PRIMARY KEY (name),
  KEY by_expiry (expire_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = {bin};
