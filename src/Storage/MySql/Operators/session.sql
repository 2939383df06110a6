SELECT operator_session.session_id, operator_session.last_seen_at < UTC_TIMESTAMP(3) - INTERVAL 1 MINUTE AS to_be_touched,
       operator.operator_id, operator.name, operator.role
  FROM operator_session
  JOIN operator ON operator.operator_id = operator_session.operator_id
 WHERE operator_session.token_hash = @tokenHash AND operator_session.ended_at IS NULL AND operator_session.expires_at > UTC_TIMESTAMP(3)
   AND operator_session.last_seen_at > UTC_TIMESTAMP(3) - INTERVAL @idleSeconds SECOND AND operator.disabled_at IS NULL;
