INSERT INTO model_note (model_id, written_at, author, note) VALUES (@modelId, UTC_TIMESTAMP(3), @author, @note);
