INSERT IGNORE INTO fencing_token_sequence (name, value) VALUES ('run', 0);
