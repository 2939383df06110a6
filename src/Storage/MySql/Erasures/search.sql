SELECT erasure_id, member_digest, requested_by, requested_at, run_id, barred_at, events, refused, lists, cached, models, completed_at
  FROM erasure
 WHERE erasure_id < @before
 ORDER BY erasure_id DESC
 LIMIT @most;
