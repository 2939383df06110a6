SELECT attempt, state, happened_at, reason FROM job_run_event WHERE run_id = @runId ORDER BY event_id LIMIT @most;
