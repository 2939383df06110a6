-- What dead processes held and nobody wanted since. The table has only what is held, so going through it costs little.
DELETE FROM {prefix}lock_holder WHERE expires_at < UTC_TIMESTAMP(6) - INTERVAL 1 HOUR ORDER BY resource LIMIT @count;
