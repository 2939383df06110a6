-- Whether leases that have run out say anything: in a time in which no process could be heard, no lease could be kept either.
CREATE TABLE IF NOT EXISTS {prefix}pulse (
  one      TINYINT     NOT NULL,
  heard_at DATETIME(6) NOT NULL,
  since    DATETIME(6) NOT NULL,
  PRIMARY KEY (one)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = {bin};
