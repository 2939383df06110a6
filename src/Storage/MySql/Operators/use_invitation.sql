UPDATE operator_invitation SET used_at = UTC_TIMESTAMP(3)
 WHERE token_hash = @tokenHash AND used_at IS NULL AND expires_at > UTC_TIMESTAMP(3);
