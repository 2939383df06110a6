SELECT written_at, author, note FROM model_note WHERE model_id = @modelId ORDER BY note_id DESC LIMIT @most;
