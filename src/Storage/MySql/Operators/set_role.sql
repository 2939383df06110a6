UPDATE operator SET role = @role WHERE operator_id = @operatorId;
