UPDATE erasure SET user_id = NULL, completed_at = UTC_TIMESTAMP(3) WHERE erasure_id = @erasure AND completed_at IS NULL;
