SELECT sequence_no, happened_at, actor, address, action, subject, was, became, mac
  FROM audit_entry
 WHERE (@after IS NULL OR sequence_no > @after) AND sequence_no <= @last
 ORDER BY sequence_no
 LIMIT @most;
