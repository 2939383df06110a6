UPDATE operator
  JOIN operator_invitation ON operator_invitation.operator_id = operator.operator_id
   SET operator.password_hash = @passwordHash, operator.totp_secret = operator_invitation.totp_secret, operator.totp_last_step = @step
 WHERE operator_invitation.token_hash = @tokenHash;
