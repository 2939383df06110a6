UPDATE operator SET password_hash = @passwordHash WHERE operator_id = @operatorId AND password_hash = @replaced;
