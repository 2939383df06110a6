-- Runs that somebody wants stopped. Whoever runs one looks here every few seconds.
CREATE TABLE IF NOT EXISTS job_run_cancellation (
  run_id       BIGINT       NOT NULL,
  attempt      INT          NOT NULL,
  requested_by VARCHAR(128) NOT NULL,
  requested_at DATETIME(3)  NOT NULL,
  PRIMARY KEY (run_id, attempt)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
