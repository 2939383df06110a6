SELECT note_id, written_at, author, note FROM model_note WHERE model_id = @modelId AND note_id < @before ORDER BY note_id DESC LIMIT @most;
