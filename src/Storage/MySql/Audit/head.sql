SELECT sequence_no, mac FROM audit_head WHERE chain = 1;
