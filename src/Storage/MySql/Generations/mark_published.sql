UPDATE generation SET state = 'published', lists = @lists, published_at = UTC_TIMESTAMP(3) WHERE generation_id = @generation;
UPDATE model SET state = 'published', reason = NULL WHERE model_id = (SELECT model_id FROM generation WHERE generation_id = @generation);
