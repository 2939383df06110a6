SELECT event_id, attempt, state, happened_at, reason FROM job_run_event WHERE run_id = @runId AND event_id < @before ORDER BY event_id DESC LIMIT @most;
