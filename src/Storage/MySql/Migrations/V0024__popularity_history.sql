-- What was popular, hour by hour: the last computation of an hour replaces what an earlier one has written.
CREATE TABLE IF NOT EXISTS popularity_history (
  region         VARCHAR(3)  NOT NULL COMMENT 'ALL or ISO 3166 alpha-2',
  hour_at        DATETIME(0) NOT NULL COMMENT 'UTC, the hour in which the counted 24 hours end',
  content_id     BIGINT      NOT NULL,
  rank_no        INT         NOT NULL,
  views          DOUBLE      NOT NULL,
  unique_viewers BIGINT      NOT NULL,
  hours_watched  DOUBLE      NOT NULL,
  score          DOUBLE      NOT NULL COMMENT 'time-decayed trend',
  PRIMARY KEY (region, hour_at, content_id),
  KEY popularity_history_title (content_id, region, hour_at),
  KEY popularity_history_hour (hour_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
