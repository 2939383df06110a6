CREATE TABLE IF NOT EXISTS {prefix}list_item (
  id        BIGINT       NOT NULL AUTO_INCREMENT,
  list_name VARCHAR(255) NOT NULL,
  value     LONGTEXT     NOT NULL,
  expire_at DATETIME(6)  NULL,
  PRIMARY KEY (id),
  KEY by_list (list_name, id),
  KEY by_expiry (expire_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = {bin};
