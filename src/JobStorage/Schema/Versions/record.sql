INSERT INTO {prefix}schema_version (version, name, checksum, applied_at) VALUES (@version, @name, @checksum, UTC_TIMESTAMP(6));
