-- Members who were erased, and what was deleted of them where. The id itself is kept only until that is done.
CREATE TABLE IF NOT EXISTS erasure (
  erasure_id    BIGINT      NOT NULL AUTO_INCREMENT,
  member_digest BINARY(16)  NOT NULL COMMENT 'HMAC-SHA256 of the id under the key of erasures, cut',
  user_id       BIGINT      NULL COMMENT 'null once the erasure is complete',
  requested_by  VARCHAR(64) NOT NULL,
  requested_at  DATETIME(3) NOT NULL,
  next_try_at   DATETIME(3) NOT NULL,
  run_id        BIGINT      NULL COMMENT 'that worked on it last',
  barred_at     DATETIME(3) NULL COMMENT 'from when on nothing of the member is taken in, trained on or published',
  events        BIGINT      NULL,
  refused       BIGINT      NULL COMMENT 'refused events whose bytes were deleted',
  lists         BIGINT      NULL COMMENT 'in MySQL, of all generations',
  cached        BIGINT      NULL COMMENT 'lists in Redis',
  models        BIGINT      NULL COMMENT 'that may have learned from the member, and are promoted no more',
  completed_at  DATETIME(3) NULL,
  PRIMARY KEY (erasure_id),
  KEY erasure_member (member_digest),
  KEY erasure_open (completed_at, next_try_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
