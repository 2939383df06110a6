SELECT generation_id FROM generation WHERE state <> 'pruned' ORDER BY generation_id;
