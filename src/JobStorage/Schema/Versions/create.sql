CREATE TABLE IF NOT EXISTS {prefix}schema_version (
  version    INT          NOT NULL,
  name       VARCHAR(200) NOT NULL,
  checksum   CHAR(64)     NOT NULL,
  applied_at DATETIME(6)  NOT NULL,
  PRIMARY KEY (version)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
