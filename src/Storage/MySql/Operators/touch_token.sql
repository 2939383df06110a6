-- Once a minute is enough to see which tokens nobody uses.
UPDATE operator_token SET last_used_at = UTC_TIMESTAMP(3) WHERE token_id = @tokenId AND COALESCE(last_used_at, '2000-01-01') < UTC_TIMESTAMP(3) - INTERVAL 1 MINUTE;
