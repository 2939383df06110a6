UPDATE operator_token SET revoked_at = UTC_TIMESTAMP(3) WHERE token_id = @tokenId AND operator_id = @operatorId AND revoked_at IS NULL;
