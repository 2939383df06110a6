INSERT INTO operator_recovery_code (operator_id, code_hash) VALUES (@operatorId, @codeHash);
