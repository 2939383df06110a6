SELECT page.job_id, job.invocation_data, job.state_name, state.reason, state.data, state.created_at, page.fetched_at
  FROM (SELECT id, job_id, available_at, fetched_at FROM {prefix}queue_entry
         WHERE queue = @queue AND available_at > UTC_TIMESTAMP(6)
         ORDER BY available_at, id LIMIT @count OFFSET @offset) page
  LEFT JOIN {prefix}job job ON job.id = page.job_id
  LEFT JOIN {prefix}job_state state ON state.id = job.state_id
 ORDER BY page.available_at, page.id;
