UPDATE operator_recovery_code SET used_at = UTC_TIMESTAMP(3) WHERE operator_id = @operatorId AND code_hash = @codeHash AND used_at IS NULL;
