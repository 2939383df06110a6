CREATE TABLE IF NOT EXISTS {prefix}queue_entry (
  id           BIGINT       NOT NULL AUTO_INCREMENT,
  queue        VARCHAR(100) NOT NULL,
  job_id       BIGINT       NOT NULL,
  -- When it was queued; of a fetched entry, when its lease runs out. A fetch reads the past of this column and never the future.
  available_at DATETIME(6)  NOT NULL,
  fetched_at   DATETIME(6)  NULL,
  owner        VARCHAR(200) NULL,
  PRIMARY KEY (id),
  KEY by_availability (queue, available_at, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = {bin};
