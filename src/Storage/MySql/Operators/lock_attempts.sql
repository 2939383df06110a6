SELECT failures, CAST(GREATEST(0, TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(3), blocked_until)) AS SIGNED)
  FROM sign_in_throttle WHERE subject_hash = @subjectHash FOR UPDATE;
