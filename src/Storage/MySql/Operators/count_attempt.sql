-- Counts the attempt before it is looked at, so that attempts side by side cannot slip past the delay. After a day of quiet the count begins anew.
INSERT INTO sign_in_throttle (subject_hash, failures, last_at, blocked_until)
VALUES (@subjectHash, 0, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))
    ON DUPLICATE KEY UPDATE failures = IF(last_at < UTC_TIMESTAMP(3) - INTERVAL 1 DAY, 0, failures);
