CREATE TABLE IF NOT EXISTS {prefix}set_member (
  set_name  VARCHAR(255) NOT NULL,
  value     VARCHAR(500) NOT NULL,
  score     DOUBLE       NOT NULL,
  expire_at DATETIME(6)  NULL,
  PRIMARY KEY (set_name, value),
  KEY by_score (set_name, score),
  KEY by_expiry (expire_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = {bin};
