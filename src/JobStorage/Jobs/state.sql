SELECT state.name, state.reason, state.data
  FROM {prefix}job job JOIN {prefix}job_state state ON state.id = job.state_id
 WHERE job.id = @id;
