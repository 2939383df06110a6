SELECT alarm_id, kind, job, run_id, message, raised_at, tries, delivered_at, fault, next_try_at
  FROM alarm
 WHERE alarm_id < @before AND over_at IS NULL AND seen_at IS NULL
 ORDER BY alarm_id DESC
 LIMIT @most;
