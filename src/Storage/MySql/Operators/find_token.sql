SELECT operator_token.token_id, operator_token.operator_id, operator.name, operator.role AS operator_role, operator_token.role, operator_token.last_used_at
  FROM operator_token
  JOIN operator ON operator.operator_id = operator_token.operator_id
 WHERE operator_token.token_hash = @tokenHash AND operator_token.revoked_at IS NULL AND operator_token.expires_at > UTC_TIMESTAMP(3)
   AND operator.disabled_at IS NULL AND operator.password_hash IS NOT NULL;
