SELECT generation_id, model_id FROM generation WHERE generation_id IN (@generation, @expected);
