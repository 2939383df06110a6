CREATE TABLE IF NOT EXISTS {prefix}job_parameter (
  job_id BIGINT       NOT NULL,
  name   VARCHAR(255) NOT NULL,
  value  LONGTEXT     NULL,
  PRIMARY KEY (job_id, name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = {bin};
