SELECT job.id, job.invocation_data, job.state_name, state.reason, state.data, state.created_at
  FROM (SELECT id, state_id FROM {prefix}job WHERE state_name = @state ORDER BY state_id DESC LIMIT @count OFFSET @offset) page
  JOIN {prefix}job job ON job.id = page.id
  LEFT JOIN {prefix}job_state state ON state.id = page.state_id
 ORDER BY page.state_id DESC;
