SELECT run_id FROM job_run WHERE state <> 'running' AND lease_until < UTC_TIMESTAMP(3) - INTERVAL @days DAY ORDER BY run_id LIMIT @most;
