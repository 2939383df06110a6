UPDATE generation SET state = 'pruned' WHERE generation_id = @generation;
