-- What a title has besides its names and genres: a title without a row has nothing of it.
CREATE TABLE IF NOT EXISTS title_detail (
  content_id   BIGINT           NOT NULL,
  cast_members JSON             NOT NULL COMMENT 'array of strings',
  tags         JSON             NOT NULL COMMENT 'array of strings',
  min_age      TINYINT UNSIGNED NULL COMMENT 'least age of who may see it, null for any',
  PRIMARY KEY (content_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
