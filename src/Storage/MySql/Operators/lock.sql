SELECT operator_id, name, role, password_hash, totp_secret, created_at, disabled_at
  FROM operator
 WHERE operator_id = @operatorId
   FOR UPDATE;
