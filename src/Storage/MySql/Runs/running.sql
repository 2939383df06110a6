-- Another run of the job that is going on. Openings wait for one another, so what is not here now does not begin before this one.
SELECT run_id FROM job_run WHERE job = @job AND scheduled_at <> @scheduledAt AND state = 'running' ORDER BY run_id LIMIT 1;
