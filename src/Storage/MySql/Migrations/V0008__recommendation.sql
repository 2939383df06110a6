-- Rows are immutable: written before the pointer names their generation, deleted long after it stopped to.
CREATE TABLE IF NOT EXISTS recommendation (
  generation_id BIGINT NOT NULL,
  user_id       BIGINT NOT NULL,
  items         JSON   NOT NULL COMMENT 'array, best first: contentId, score, reason',
  PRIMARY KEY (generation_id, user_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
