-- One statement, so that an increment that is being added up is seen once.
SELECT COALESCE((SELECT SUM(value) FROM {prefix}counter WHERE name = @key), 0)
     + COALESCE((SELECT value FROM {prefix}counter_total WHERE name = @key), 0);
