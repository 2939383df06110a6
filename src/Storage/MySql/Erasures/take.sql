UPDATE erasure SET next_try_at = UTC_TIMESTAMP(3) + INTERVAL @patience SECOND
 WHERE erasure_id = @erasure AND completed_at IS NULL AND next_try_at < UTC_TIMESTAMP(3);
