-- Titles as people know them. Imported from a catalogue: lists are published and read without it.
CREATE TABLE IF NOT EXISTS title (
  content_id      BIGINT       NOT NULL,
  name_ko         VARCHAR(300) NULL,
  name_en         VARCHAR(300) NULL,
  genres          JSON         NOT NULL COMMENT 'array of strings',
  language        VARCHAR(16)  NULL,
  runtime_seconds INT          NULL,
  release_date    DATE         NULL,
  PRIMARY KEY (content_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
