SELECT value FROM {prefix}set_member
 WHERE set_name = @key AND score BETWEEN @fromScore AND @toScore
 ORDER BY score, value LIMIT @count;
