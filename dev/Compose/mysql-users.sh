# Sourced once by the image's entrypoint, on an empty data folder; not executable, so that it sees the entrypoint's functions.
# 'pipeline' migrates and writes one database; 'api' is for whoever reads the published lists, and can do nothing but read.
docker_process_sql <<SQL
CREATE USER 'pipeline'@'%' IDENTIFIED BY '$(</run/secrets/mysql_pipeline_password)';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES ON coupang_play.* TO 'pipeline'@'%';
CREATE USER 'api'@'%' IDENTIFIED BY '$(</run/secrets/mysql_api_password)';
GRANT SELECT ON coupang_play.* TO 'api'@'%';
SQL
