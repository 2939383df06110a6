CREATE TABLE IF NOT EXISTS job_run_log (
  log_id    BIGINT        NOT NULL AUTO_INCREMENT,
  run_id    BIGINT        NOT NULL,
  attempt   INT           NOT NULL,
  logged_at DATETIME(3)   NOT NULL,
  message   VARCHAR(2000) NOT NULL,
  PRIMARY KEY (log_id),
  KEY job_run_log_run (run_id, log_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
