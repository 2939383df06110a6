INSERT INTO operator (name, role, created_at) VALUES (@name, @role, UTC_TIMESTAMP(3));
SELECT LAST_INSERT_ID();
