SELECT generation_id FROM generation WHERE state = 'pruning' ORDER BY generation_id;
