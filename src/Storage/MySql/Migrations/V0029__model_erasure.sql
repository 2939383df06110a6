-- Models that may have learned from a member who was erased since, each with the first of those erasures.
CREATE TABLE IF NOT EXISTS model_erasure (
  model_id   BIGINT      NOT NULL,
  erasure_id BIGINT      NOT NULL,
  marked_at  DATETIME(3) NOT NULL,
  PRIMARY KEY (model_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
