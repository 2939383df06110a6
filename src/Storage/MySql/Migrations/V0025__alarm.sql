-- What somebody should look at. Delivered to the webhook, and shown until it is over or somebody has seen it.
CREATE TABLE IF NOT EXISTS alarm (
  alarm_id     BIGINT       NOT NULL AUTO_INCREMENT,
  kind         VARCHAR(16)  NOT NULL COMMENT 'missed, failed or lost',
  job          VARCHAR(64)  NOT NULL,
  subject      VARCHAR(64)  NOT NULL COMMENT 'what it is raised for, once: a time of the timetable, or an attempt of a run',
  run_id       BIGINT       NULL,
  message      VARCHAR(500) NOT NULL,
  raised_at    DATETIME(3)  NOT NULL,
  over_at      DATETIME(3)  NULL COMMENT 'a later run of the job has succeeded',
  seen_by      VARCHAR(64)  NULL,
  seen_at      DATETIME(3)  NULL,
  tries        INT          NOT NULL DEFAULT 0 COMMENT 'of the webhook',
  next_try_at  DATETIME(3)  NULL COMMENT 'null: delivered, given up, or there is no webhook',
  delivered_at DATETIME(3)  NULL,
  fault        VARCHAR(300) NULL COMMENT 'what the last try ended with',
  PRIMARY KEY (alarm_id),
  UNIQUE KEY alarm_subject (kind, job, subject),
  KEY alarm_open (over_at, seen_at),
  KEY alarm_next_try (next_try_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
