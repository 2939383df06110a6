-- Whose run moved a serving pointer. Runs are forgotten after a while, and what was served when is not.
CREATE TABLE IF NOT EXISTS serving_flip_origin (
  scope         VARCHAR(16)  NOT NULL,
  fencing_token BIGINT       NOT NULL,
  job           VARCHAR(64)  NOT NULL,
  requested_by  VARCHAR(128) NOT NULL,
  PRIMARY KEY (scope, fencing_token)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
