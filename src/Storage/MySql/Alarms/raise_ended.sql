-- Once for every attempt of the last day that did not end well. By the history: a run's row may be its next attempt's already, in the
-- very transaction that wrote down that this one was lost. A day has fewer turns than are looked at.
INSERT IGNORE INTO alarm (kind, job, subject, run_id, message, raised_at, next_try_at)
SELECT turn.state, job_run.job, CONCAT('run ', turn.run_id, ' attempt ', turn.attempt), turn.run_id,
       CONCAT(job_run.job, ': run ', turn.run_id, ' ', turn.state, ' in attempt ', turn.attempt, ': ', LEFT(COALESCE(turn.reason, ''), 300)),
       UTC_TIMESTAMP(3), IF(@hook, UTC_TIMESTAMP(3), NULL)
  FROM job_run_event AS turn
  JOIN job_run ON job_run.run_id = turn.run_id
 WHERE turn.event_id > (SELECT MAX(event_id) - 10000 FROM job_run_event)
   AND turn.state IN ('failed', 'lost') AND turn.happened_at > UTC_TIMESTAMP(3) - INTERVAL 1 DAY;
