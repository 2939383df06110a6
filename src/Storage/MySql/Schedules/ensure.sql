INSERT IGNORE INTO job_schedule (job, since) VALUES (@job, UTC_TIMESTAMP(3));
