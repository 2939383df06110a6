UPDATE operator SET disabled_at = NULL WHERE operator_id = @operatorId;
