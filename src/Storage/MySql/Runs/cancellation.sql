SELECT requested_by FROM job_run_cancellation WHERE run_id = @runId AND attempt = @attempt;
