CREATE TABLE IF NOT EXISTS {prefix}lock_holder (
  resource   VARCHAR(255) NOT NULL,
  owner      VARCHAR(200) NOT NULL,
  expires_at DATETIME(6)  NOT NULL,
  PRIMARY KEY (resource)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = {bin};
