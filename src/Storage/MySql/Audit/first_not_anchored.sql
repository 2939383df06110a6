SELECT happened_at, TIMESTAMPDIFF(SECOND, happened_at, UTC_TIMESTAMP(3)) FROM audit_entry WHERE sequence_no = @anchored + 1;
