INSERT INTO erasure (member_digest, user_id, requested_by, requested_at, next_try_at)
VALUES (@digest, @member, @by, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL @patience SECOND);
SELECT LAST_INSERT_ID();
