INSERT INTO operator_session (token_hash, operator_id, address, user_agent, created_at, last_seen_at, expires_at)
SELECT @tokenHash, operator_id, @address, @userAgent, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL @lifetimeSeconds SECOND
  FROM operator
 WHERE operator_id = @operatorId AND password_hash = @passwordHash AND disabled_at IS NULL;
