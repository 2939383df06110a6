INSERT IGNORE INTO job_run (job, scheduled_at, attempt, state, fencing_token, lease_owner, lease_until, heartbeat_at, started_at, finished_at,
                            parameters, metrics, reason, requested_by)
VALUES (@job, @scheduledAt, 1, 'skipped', 0, '', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), '{}', '{}', @reason, @requestedBy);
SELECT IF(ROW_COUNT() = 1, LAST_INSERT_ID(), 0);
