CREATE TABLE IF NOT EXISTS popularity (
  window_name    VARCHAR(8)  NOT NULL COMMENT '1h, 24h, 7d or 28d',
  region         VARCHAR(3)  NOT NULL COMMENT 'ALL or ISO 3166 alpha-2',
  computed_at    DATETIME(3) NOT NULL COMMENT 'UTC, rows of one time are written in one transaction',
  rank_no        INT         NOT NULL,
  content_id     BIGINT      NOT NULL,
  views          DOUBLE      NOT NULL COMMENT 'hours watched / runtime',
  unique_viewers BIGINT      NOT NULL COMMENT 'users past 2 minutes',
  hours_watched  DOUBLE      NOT NULL,
  score          DOUBLE      NOT NULL COMMENT 'time-decayed trend',
  PRIMARY KEY (window_name, region, computed_at, rank_no),
  KEY popularity_computed (computed_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
