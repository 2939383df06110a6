-- What an operator can get in with now.
SELECT (SELECT COUNT(*) FROM operator_session WHERE operator_id = @operatorId AND ended_at IS NULL AND expires_at > UTC_TIMESTAMP(3)),
       (SELECT COUNT(*) FROM operator_token WHERE operator_id = @operatorId AND revoked_at IS NULL AND expires_at > UTC_TIMESTAMP(3));
