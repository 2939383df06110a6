SELECT session_id, address, user_agent, created_at, last_seen_at, expires_at
  FROM operator_session
 WHERE operator_id = @operatorId AND ended_at IS NULL AND expires_at > UTC_TIMESTAMP(3)
   AND last_seen_at > UTC_TIMESTAMP(3) - INTERVAL @idleSeconds SECOND
 ORDER BY session_id DESC;
