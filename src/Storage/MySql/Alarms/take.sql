UPDATE alarm SET tries = tries + 1, next_try_at = UTC_TIMESTAMP(3) + INTERVAL @leaseSeconds SECOND WHERE alarm_id = @alarmId;
