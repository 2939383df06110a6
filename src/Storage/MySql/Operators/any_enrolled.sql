SELECT EXISTS (SELECT 1 FROM operator WHERE password_hash IS NOT NULL AND disabled_at IS NULL);
