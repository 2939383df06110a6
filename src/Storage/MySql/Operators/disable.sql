UPDATE operator SET disabled_at = UTC_TIMESTAMP(3) WHERE operator_id = @operatorId AND disabled_at IS NULL;
UPDATE operator_session SET ended_at = UTC_TIMESTAMP(3) WHERE operator_id = @operatorId AND ended_at IS NULL;
UPDATE operator_token SET revoked_at = UTC_TIMESTAMP(3) WHERE operator_id = @operatorId AND revoked_at IS NULL;
DELETE FROM operator_invitation WHERE operator_id = @operatorId;
