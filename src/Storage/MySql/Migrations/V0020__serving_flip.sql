-- Every move of a serving pointer: what was served when.
CREATE TABLE IF NOT EXISTS serving_flip (
  scope                  VARCHAR(16) NOT NULL,
  fencing_token          BIGINT      NOT NULL,
  generation_id          BIGINT      NOT NULL,
  previous_generation_id BIGINT      NULL,
  run_id                 BIGINT      NOT NULL,
  flipped_at             DATETIME(3) NOT NULL,
  PRIMARY KEY (scope, fencing_token)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
