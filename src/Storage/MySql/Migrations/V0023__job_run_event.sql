-- What became of a run, in its order.
CREATE TABLE IF NOT EXISTS job_run_event (
  event_id    BIGINT        NOT NULL AUTO_INCREMENT,
  run_id      BIGINT        NOT NULL,
  attempt     INT           NOT NULL,
  state       VARCHAR(16)   NOT NULL COMMENT 'a state of job_run, or cancelling',
  happened_at DATETIME(3)   NOT NULL,
  reason      VARCHAR(2000) NULL COMMENT 'why, by whom, or on which node',
  PRIMARY KEY (event_id),
  KEY job_run_event_run (run_id, event_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
