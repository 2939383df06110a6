INSERT IGNORE INTO {prefix}job_id (one, next) VALUES (1, 1);
