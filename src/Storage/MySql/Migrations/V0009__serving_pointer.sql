-- Which generation readers are served: the only truth, moved by compare-and-set.
CREATE TABLE IF NOT EXISTS serving_pointer (
  scope                  VARCHAR(16) NOT NULL COMMENT 'global, or a region pinned to its own generation',
  generation_id          BIGINT      NOT NULL,
  previous_generation_id BIGINT      NULL,
  fencing_token          BIGINT      NOT NULL,
  flipped_at             DATETIME(3) NOT NULL,
  PRIMARY KEY (scope)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
