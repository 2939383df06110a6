-- Increments as they come: rows of their own, so that two jobs that end together do not wait for each other.
CREATE TABLE IF NOT EXISTS {prefix}counter (
  id        BIGINT       NOT NULL AUTO_INCREMENT,
  name      VARCHAR(255) NOT NULL,
  value     BIGINT       NOT NULL,
  expire_at DATETIME(6)  NULL,
  PRIMARY KEY (id),
  KEY by_name (name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = {bin};
