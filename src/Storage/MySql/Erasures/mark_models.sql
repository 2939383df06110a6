-- Who has left no event has taught no model.
INSERT IGNORE INTO model_erasure (model_id, erasure_id, marked_at)
SELECT model.model_id, erasure.erasure_id, UTC_TIMESTAMP(3)
  FROM model
  JOIN erasure ON erasure.erasure_id = @erasure AND erasure.events > 0;
