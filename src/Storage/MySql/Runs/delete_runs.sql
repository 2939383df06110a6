DELETE FROM job_run_event WHERE run_id IN @runs;
DELETE FROM job_run_cancellation WHERE run_id IN @runs;
DELETE FROM job_run WHERE run_id IN @runs AND state <> 'running';
