UPDATE job_run
   SET state = 'lost', finished_at = UTC_TIMESTAMP(3), reason = CONCAT('no heartbeat from ', lease_owner, ' since ', heartbeat_at)
 WHERE state = 'running' AND lease_until < UTC_TIMESTAMP(3);
