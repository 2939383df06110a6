-- What operators have changed of the timetable. A row without values stands for the timetable's own.
CREATE TABLE IF NOT EXISTS job_schedule (
  job           VARCHAR(64)  NOT NULL,
  cron          VARCHAR(100) NULL COMMENT 'in place of the timetable''s',
  attempts      INT          NULL COMMENT 'of a run that fails',
  pause_seconds INT          NULL COMMENT 'before the second attempt, doubled before each further one',
  limit_seconds INT          NULL COMMENT 'that an attempt may take',
  overlap       VARCHAR(8)   NULL COMMENT 'skip or queue: what a time of the timetable does while a run of the job is going on',
  paused_by     VARCHAR(64)  NULL,
  paused_at     DATETIME(3)  NULL,
  since         DATETIME(3)  NOT NULL COMMENT 'earlier times are nobody''s to miss',
  PRIMARY KEY (job)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
