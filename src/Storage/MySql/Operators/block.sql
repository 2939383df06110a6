UPDATE sign_in_throttle
   SET failures = failures + 1, last_at = UTC_TIMESTAMP(3), blocked_until = UTC_TIMESTAMP(3) + INTERVAL @seconds SECOND
 WHERE subject_hash = @subjectHash;
