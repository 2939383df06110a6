SELECT erasure_id FROM erasure WHERE member_digest = @digest ORDER BY erasure_id DESC LIMIT 1;
