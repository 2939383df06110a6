SELECT erasure_id FROM erasure WHERE member_digest = @digest AND completed_at IS NULL ORDER BY erasure_id LIMIT 1 FOR UPDATE;
