DELETE FROM operator_invitation WHERE operator_id = @operatorId;
INSERT INTO operator_invitation (token_hash, operator_id, totp_secret, expires_at)
VALUES (@tokenHash, @operatorId, @totpSecret, UTC_TIMESTAMP(3) + INTERVAL @lifetimeSeconds SECOND);
