-- One published set of lists. The served one is named by serving_pointer alone. This row is its history.
CREATE TABLE IF NOT EXISTS generation (
  generation_id BIGINT      NOT NULL AUTO_INCREMENT,
  scope         VARCHAR(16) NOT NULL,
  run_id        BIGINT      NOT NULL,
  model_id      BIGINT      NULL,
  fencing_token BIGINT      NOT NULL,
  state         VARCHAR(16) NOT NULL COMMENT 'writing, published, pruning or pruned',
  lists         BIGINT      NULL COMMENT 'members with a list',
  created_at    DATETIME(3) NOT NULL,
  published_at  DATETIME(3) NULL,
  PRIMARY KEY (generation_id),
  KEY generation_state (state, generation_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
