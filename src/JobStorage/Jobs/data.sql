SELECT job.invocation_data, job.created_at, job.expire_at, job.state_name, parameter.name, parameter.value
  FROM {prefix}job job LEFT JOIN {prefix}job_parameter parameter ON parameter.job_id = job.id
 WHERE job.id = @id;
