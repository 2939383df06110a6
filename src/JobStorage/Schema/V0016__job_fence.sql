-- The greatest fencing token that was given out for the job. MySQL knows no ADD COLUMN IF NOT EXISTS.
SET @change = IF(
  (SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = '{prefix}job' AND column_name = 'fence') = 0,
  'ALTER TABLE {prefix}job ADD COLUMN fence BIGINT NOT NULL DEFAULT 0', 'DO 0');
PREPARE alteration FROM @change;
EXECUTE alteration;
DEALLOCATE PREPARE alteration;
