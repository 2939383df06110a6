DELETE FROM {prefix}job WHERE id IN ({ids});
DELETE FROM {prefix}job_parameter WHERE job_id IN ({ids});
DELETE FROM {prefix}job_state WHERE job_id IN ({ids});
