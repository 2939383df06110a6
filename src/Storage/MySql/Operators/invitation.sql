SELECT operator.operator_id, operator.name, operator_invitation.totp_secret
  FROM operator_invitation
  JOIN operator ON operator.operator_id = operator_invitation.operator_id
 WHERE operator_invitation.token_hash = @tokenHash AND operator_invitation.used_at IS NULL
   AND operator_invitation.expires_at > UTC_TIMESTAMP(3) AND operator.disabled_at IS NULL;
