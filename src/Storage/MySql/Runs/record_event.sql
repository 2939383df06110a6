INSERT INTO job_run_event (run_id, attempt, state, happened_at, reason)
SELECT run_id, attempt, @state, UTC_TIMESTAMP(3), @reason FROM job_run WHERE run_id = @runId;
