SELECT COUNT(*) FROM {prefix}server;
