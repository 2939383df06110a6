-- When a title may be shown where. A title without any row may be shown everywhere, always.
CREATE TABLE IF NOT EXISTS title_licence (
  content_id      BIGINT     NOT NULL,
  region          VARCHAR(3) NOT NULL COMMENT 'ISO 3166 alpha-2, or ALL',
  available_from  DATETIME   NOT NULL COMMENT 'UTC',
  available_until DATETIME   NULL COMMENT 'UTC, itself not in it, null for ever',
  PRIMARY KEY (content_id, region, available_from)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
