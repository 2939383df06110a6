-- A new member lives as long as its set does; what has run out already does not count.
INSERT INTO {prefix}set_member (set_name, value, score, expire_at)
SELECT @key, @value, @score, IF(known.expire_at > UTC_TIMESTAMP(6), known.expire_at, NULL)
  FROM (SELECT (SELECT expire_at FROM {prefix}set_member WHERE set_name = @key LIMIT 1) AS expire_at) known
ON DUPLICATE KEY UPDATE score = @score, expire_at = IF({prefix}set_member.expire_at > UTC_TIMESTAMP(6), {prefix}set_member.expire_at, NULL);
