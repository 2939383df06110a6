UPDATE erasure SET barred_at = COALESCE(barred_at, UTC_TIMESTAMP(3)) WHERE erasure_id = @erasure;
