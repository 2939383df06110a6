UPDATE sign_in_throttle SET failures = GREATEST(0, failures - 1), blocked_until = UTC_TIMESTAMP(3) WHERE subject_hash = @subjectHash;
