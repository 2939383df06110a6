-- A run that ended well afterwards is the all-clear; a time that was let pass, which has no token, is none.
UPDATE alarm
   SET over_at = UTC_TIMESTAMP(3)
 WHERE over_at IS NULL
   AND EXISTS (SELECT * FROM job_run
                WHERE job_run.job = alarm.job AND job_run.state IN ('succeeded', 'skipped') AND job_run.fencing_token > 0
                  AND job_run.finished_at >= COALESCE((SELECT failed.finished_at FROM job_run AS failed WHERE failed.run_id = alarm.run_id), alarm.raised_at)
                  AND (alarm.run_id IS NULL OR job_run.run_id >= alarm.run_id));
