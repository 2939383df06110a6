SELECT job, requested_by FROM job_run WHERE run_id = @RunId;
