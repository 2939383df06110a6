CREATE TABLE IF NOT EXISTS {prefix}hash_field (
  hash_name VARCHAR(255) NOT NULL,
  field     VARCHAR(500) NOT NULL,
  value     LONGTEXT     NULL,
  expire_at DATETIME(6)  NULL,
  PRIMARY KEY (hash_name, field),
  KEY by_expiry (expire_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = {bin};
