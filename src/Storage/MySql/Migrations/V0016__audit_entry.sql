-- Every change and every sign-in. The MAC of a row covers the row and the MAC of the row before it.
CREATE TABLE IF NOT EXISTS audit_entry (
  sequence_no BIGINT       NOT NULL COMMENT 'from 1, without gaps',
  happened_at DATETIME(3)  NOT NULL COMMENT 'UTC',
  actor       VARCHAR(64)  NOT NULL,
  address     VARCHAR(45)  NOT NULL COMMENT 'empty for the command line',
  action      VARCHAR(64)  NOT NULL,
  subject     VARCHAR(255) NOT NULL,
  was         TEXT         NULL,
  became      TEXT         NULL,
  mac         BINARY(32)   NOT NULL COMMENT 'HMAC-SHA256',
  PRIMARY KEY (sequence_no),
  KEY audit_entry_actor (actor, sequence_no),
  KEY audit_entry_action (action, sequence_no)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
