SELECT COUNT(*) FROM operator_recovery_code WHERE operator_id = @operatorId AND used_at IS NULL;
