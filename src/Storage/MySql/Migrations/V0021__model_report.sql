-- How a model came about: the candidates that it was picked from, and what the gate looked at.
CREATE TABLE IF NOT EXISTS model_report (
  model_id   BIGINT      NOT NULL,
  report     JSON        NOT NULL,
  created_at DATETIME(3) NOT NULL,
  PRIMARY KEY (model_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
