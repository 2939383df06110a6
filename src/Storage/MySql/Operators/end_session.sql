UPDATE operator_session SET ended_at = UTC_TIMESTAMP(3) WHERE session_id = @sessionId AND operator_id = @operatorId AND ended_at IS NULL;
