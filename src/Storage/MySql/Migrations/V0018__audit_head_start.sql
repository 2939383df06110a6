INSERT IGNORE INTO audit_head (chain, sequence_no, mac) VALUES (1, 0, UNHEX(REPEAT('00', 32)));
