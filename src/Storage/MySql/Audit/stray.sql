-- One statement sees one state of both tables: an entry that is added meanwhile is no stray.
SELECT MIN(sequence_no) FROM audit_entry WHERE sequence_no > (SELECT sequence_no FROM audit_head WHERE chain = 1);
