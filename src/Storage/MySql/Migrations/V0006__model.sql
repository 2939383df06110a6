-- The model registry: what was trained, from what, how good it was, and where it lies.
CREATE TABLE IF NOT EXISTS model (
  model_id         BIGINT        NOT NULL AUTO_INCREMENT,
  run_id           BIGINT        NOT NULL,
  algorithm        VARCHAR(64)   NOT NULL,
  parameters       JSON          NOT NULL,
  data_digest      CHAR(64)      NOT NULL COMMENT 'SHA-256 of the interactions',
  metrics          JSON          NOT NULL,
  training_seconds DOUBLE        NOT NULL,
  artifact_path    VARCHAR(1000) NOT NULL,
  artifact_digest  CHAR(64)      NOT NULL COMMENT 'SHA-256 of the file',
  state            VARCHAR(16)   NOT NULL COMMENT 'registered, rejected or published',
  reason           VARCHAR(2000) NULL,
  created_at       DATETIME(3)   NOT NULL,
  PRIMARY KEY (model_id),
  KEY model_run (run_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
