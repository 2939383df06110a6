SELECT erasure_id FROM erasure WHERE completed_at IS NULL AND next_try_at < UTC_TIMESTAMP(3) ORDER BY erasure_id LIMIT @most;
