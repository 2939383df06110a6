UPDATE alarm
   SET fault = @fault, next_try_at = IF(@pauseSeconds IS NULL, NULL, UTC_TIMESTAMP(3) + INTERVAL @pauseSeconds SECOND)
 WHERE alarm_id = @alarmId;
