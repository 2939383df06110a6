DELETE FROM operator_recovery_code WHERE operator_id = @operatorId;
