UPDATE alarm SET seen_by = @by, seen_at = UTC_TIMESTAMP(3) WHERE alarm_id = @alarmId AND seen_at IS NULL;
