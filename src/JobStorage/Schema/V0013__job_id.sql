-- Jobs get their ids before they are inserted, in blocks, because a transaction tells the id before it commits.
CREATE TABLE IF NOT EXISTS {prefix}job_id (
  one  TINYINT NOT NULL,
  next BIGINT  NOT NULL,
  PRIMARY KEY (one)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = {bin};
