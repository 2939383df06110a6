SELECT sequence_no, happened_at, actor, address, action, subject, was, became, mac
  FROM audit_entry
 WHERE sequence_no < @before AND (@actor IS NULL OR actor = @actor OR actor LIKE @byToken) AND (@action IS NULL OR action LIKE CONCAT(@action, '%'))
 ORDER BY sequence_no DESC
 LIMIT @most;
