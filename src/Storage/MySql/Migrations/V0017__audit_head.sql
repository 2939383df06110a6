-- One row: the end of the chain. Whoever adds to the chain locks it.
CREATE TABLE IF NOT EXISTS audit_head (
  chain       TINYINT    NOT NULL,
  sequence_no BIGINT     NOT NULL,
  mac         BINARY(32) NOT NULL,
  PRIMARY KEY (chain)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
