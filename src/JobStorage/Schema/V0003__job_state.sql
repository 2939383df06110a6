CREATE TABLE IF NOT EXISTS {prefix}job_state (
  id         BIGINT       NOT NULL AUTO_INCREMENT,
  job_id     BIGINT       NOT NULL,
  name       VARCHAR(100) NOT NULL,
  reason     LONGTEXT     NULL,
  created_at DATETIME(6)  NOT NULL,
  data       LONGTEXT     NOT NULL,
  PRIMARY KEY (id),
  KEY by_job (job_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = {bin};
