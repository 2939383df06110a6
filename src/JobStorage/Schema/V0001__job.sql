CREATE TABLE IF NOT EXISTS {prefix}job (
  id              BIGINT       NOT NULL,
  invocation_data LONGTEXT     NOT NULL,
  created_at      DATETIME(6)  NOT NULL,
  expire_at       DATETIME(6)  NULL,
  state_id        BIGINT       NULL,
  state_name      VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NULL,
  PRIMARY KEY (id),
  -- Lists of a state in the order in which jobs came to it.
  KEY by_state (state_name, state_id),
  KEY by_expiry (expire_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = {bin};
