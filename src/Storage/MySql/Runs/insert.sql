INSERT INTO job_run (job, scheduled_at, attempt, state, fencing_token, lease_owner, lease_until, heartbeat_at, started_at,
                     parameters, metrics, requested_by)
VALUES (@job, @scheduledAt, 1, 'running', @token, @owner, UTC_TIMESTAMP(3) + INTERVAL @leaseSeconds SECOND, UTC_TIMESTAMP(3), @now,
        @parameters, '{}', @requestedBy);
SELECT LAST_INSERT_ID();
