UPDATE generation SET lists = lists - 1 WHERE generation_id = @generation AND lists > 0;
