SELECT token_id, name, role, created_at, expires_at, last_used_at
  FROM operator_token
 WHERE operator_id = @operatorId AND revoked_at IS NULL AND expires_at > UTC_TIMESTAMP(3)
 ORDER BY token_id;
