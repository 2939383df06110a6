-- Servers that pass together take different rows.
SELECT id FROM {prefix}job WHERE expire_at < UTC_TIMESTAMP(6) ORDER BY expire_at LIMIT @count FOR UPDATE SKIP LOCKED;
