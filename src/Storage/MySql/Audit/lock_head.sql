SELECT sequence_no, mac, UTC_TIMESTAMP(3) FROM audit_head WHERE chain = 1 FOR UPDATE;
