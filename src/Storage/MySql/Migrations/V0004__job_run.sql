-- Every execution of a job. Unique by job and scheduled time: a trigger that fires twice finds the row of the first.
CREATE TABLE IF NOT EXISTS job_run (
  run_id        BIGINT        NOT NULL AUTO_INCREMENT,
  job           VARCHAR(64)   NOT NULL,
  scheduled_at  DATETIME(3)   NOT NULL COMMENT 'UTC',
  attempt       INT           NOT NULL,
  state         VARCHAR(16)   NOT NULL COMMENT 'running, succeeded, skipped, failed, cancelled or lost',
  fencing_token BIGINT        NOT NULL COMMENT 'grows with every attempt of any job',
  lease_owner   VARCHAR(128)  NOT NULL,
  lease_until   DATETIME(3)   NOT NULL,
  heartbeat_at  DATETIME(3)   NOT NULL,
  started_at    DATETIME(3)   NOT NULL,
  finished_at   DATETIME(3)   NULL,
  parameters    JSON          NOT NULL,
  step          VARCHAR(64)   NULL,
  progress      DOUBLE        NULL COMMENT '0 to 1',
  metrics       JSON          NOT NULL,
  reason        VARCHAR(2000) NULL COMMENT 'why it ended as it did',
  requested_by  VARCHAR(128)  NOT NULL,
  log_lines     INT           NOT NULL DEFAULT 0,
  PRIMARY KEY (run_id),
  UNIQUE KEY job_run_scheduled (job, scheduled_at),
  KEY job_run_lease (state, lease_until)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
