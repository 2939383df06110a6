-- How often in a row the entry was taken over from a worker that had lost it.
SET @change = IF(
  (SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = '{prefix}queue_entry' AND column_name = 'rescues') = 0,
  'ALTER TABLE {prefix}queue_entry ADD COLUMN rescues INT NOT NULL DEFAULT 0', 'DO 0');
PREPARE alteration FROM @change;
EXECUTE alteration;
DEALLOCATE PREPARE alteration;
