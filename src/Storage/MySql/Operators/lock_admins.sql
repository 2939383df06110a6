SELECT operator_id FROM operator WHERE role = 'admin' AND password_hash IS NOT NULL AND disabled_at IS NULL FOR UPDATE;
