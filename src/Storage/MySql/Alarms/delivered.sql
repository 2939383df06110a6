UPDATE alarm SET delivered_at = UTC_TIMESTAMP(3), next_try_at = NULL, fault = NULL WHERE alarm_id = @alarmId;
