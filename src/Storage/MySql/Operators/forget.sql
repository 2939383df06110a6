DELETE FROM sign_in_throttle WHERE subject_hash = @subjectHash;
