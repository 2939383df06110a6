-- Locks are the server's: one per database, by a digest since a lock's name has at most 64 characters.
SELECT GET_LOCK(CONCAT('pipeline-schema-', LEFT(SHA2(DATABASE(), 256), 40)), @seconds);
