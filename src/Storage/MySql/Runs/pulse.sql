-- Another value whenever a page may show something else: a run began, moved, logged, lost its lease or ended, the pointer moved, an alarm
-- was raised, delivered, seen or over, a timetable was changed or paused, an erasure was asked for.
SELECT CONCAT_WS('-',
  (SELECT COALESCE(MAX(run_id), 0) FROM job_run),
  (SELECT COALESCE(MAX(event_id), 0) FROM job_run_event),
  (SELECT CONCAT_WS('-', COUNT(*), COALESCE(MAX(heartbeat_at), 0), COALESCE(SUM(log_lines), 0), COALESCE(SUM(lease_until < UTC_TIMESTAMP(3)), 0))
     FROM job_run WHERE state = 'running'),
  (SELECT COALESCE(MAX(fencing_token), 0) FROM serving_pointer),
  (SELECT CONCAT_WS('-', COUNT(*), COALESCE(MAX(alarm_id), 0), COALESCE(SUM(tries), 0), COUNT(delivered_at), COUNT(fault))
     FROM alarm WHERE over_at IS NULL AND seen_at IS NULL),
  (SELECT COALESCE(SUM(CRC32(CONCAT_WS('|', job, COALESCE(cron, ''), COALESCE(attempts, ''), COALESCE(pause_seconds, ''), COALESCE(limit_seconds, ''),
                                       COALESCE(overlap, ''), COALESCE(paused_by, ''), COALESCE(paused_at, ''), since))), 0) FROM job_schedule),
  (SELECT COALESCE(MAX(erasure_id), 0) FROM erasure));
