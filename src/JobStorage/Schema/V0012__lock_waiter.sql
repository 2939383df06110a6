-- Who waits for a lock, first come first served; a waiter that stops asking is passed over.
CREATE TABLE IF NOT EXISTS {prefix}lock_waiter (
  id         BIGINT       NOT NULL AUTO_INCREMENT,
  resource   VARCHAR(255) NOT NULL,
  owner      VARCHAR(200) NOT NULL,
  expires_at DATETIME(6)  NOT NULL,
  PRIMARY KEY (id),
  KEY by_resource (resource, id),
  KEY by_expiry (expires_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = {bin};
