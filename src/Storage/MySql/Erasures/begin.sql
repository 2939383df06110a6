UPDATE erasure SET run_id = @runId WHERE erasure_id = @erasure AND completed_at IS NULL;
