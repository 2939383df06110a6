UPDATE {prefix}job_id SET next = LAST_INSERT_ID(next) + @count WHERE one = 1;
