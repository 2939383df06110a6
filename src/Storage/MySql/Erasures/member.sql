SELECT user_id FROM erasure WHERE erasure_id = @erasure AND completed_at IS NULL;
