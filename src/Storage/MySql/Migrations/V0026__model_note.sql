-- What people have written about a model.
CREATE TABLE IF NOT EXISTS model_note (
  note_id    BIGINT        NOT NULL AUTO_INCREMENT,
  model_id   BIGINT        NOT NULL,
  written_at DATETIME(3)   NOT NULL,
  author     VARCHAR(64)   NOT NULL,
  note       VARCHAR(2000) NOT NULL,
  PRIMARY KEY (note_id),
  KEY model_note_model (model_id, note_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
