-- The one place where a time step is spent: of two requests with the same code one finds no row.
UPDATE operator SET totp_last_step = @step WHERE operator_id = @operatorId AND totp_last_step < @step;
