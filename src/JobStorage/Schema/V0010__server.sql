CREATE TABLE IF NOT EXISTS {prefix}server (
  id           VARCHAR(255) NOT NULL,
  queues       LONGTEXT     NOT NULL,
  workers      INT          NOT NULL,
  started_at   DATETIME(6)  NOT NULL,
  heartbeat_at DATETIME(6)  NOT NULL,
  PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = {bin};
