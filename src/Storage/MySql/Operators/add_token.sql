INSERT INTO operator_token (token_hash, operator_id, name, role, created_at, expires_at)
VALUES (@tokenHash, @operatorId, @name, @role, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL @days DAY);
SELECT LAST_INSERT_ID();
