-- Each node takes another alarm; one whose node dies with it is due again after the lease.
SELECT alarm_id, kind, job, run_id, message, raised_at, tries, delivered_at, fault, next_try_at
  FROM alarm
 WHERE next_try_at <= UTC_TIMESTAMP(3)
 ORDER BY next_try_at
 LIMIT 1
   FOR UPDATE SKIP LOCKED;
