-- One row per sequence: the value is the last token handed out.
CREATE TABLE IF NOT EXISTS fencing_token_sequence (
  name  VARCHAR(32) NOT NULL,
  value BIGINT      NOT NULL,
  PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
