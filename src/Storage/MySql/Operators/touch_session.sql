UPDATE operator_session SET last_seen_at = UTC_TIMESTAMP(3) WHERE session_id = @sessionId AND ended_at IS NULL;
