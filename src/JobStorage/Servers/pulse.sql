-- One row for all processes: when one was last heard, and since when there was no time in which none was.
INSERT INTO {prefix}pulse (one, heard_at, since) VALUES (1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))
ON DUPLICATE KEY UPDATE since = IF(heard_at < UTC_TIMESTAMP(6) - INTERVAL @gap SECOND, UTC_TIMESTAMP(6), since), heard_at = UTC_TIMESTAMP(6);
