SELECT COUNT(*) FROM alarm WHERE over_at IS NULL AND seen_at IS NULL;
