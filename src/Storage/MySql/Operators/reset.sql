UPDATE operator SET password_hash = NULL, totp_secret = NULL WHERE operator_id = @operatorId;
DELETE FROM operator_recovery_code WHERE operator_id = @operatorId;
UPDATE operator_session SET ended_at = UTC_TIMESTAMP(3) WHERE operator_id = @operatorId AND ended_at IS NULL;
UPDATE operator_token SET revoked_at = UTC_TIMESTAMP(3) WHERE operator_id = @operatorId AND revoked_at IS NULL;
