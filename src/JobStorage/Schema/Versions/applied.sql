SELECT version, name, checksum FROM {prefix}schema_version ORDER BY version;
