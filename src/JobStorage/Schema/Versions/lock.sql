-- Locks are the server's: one per database and prefix, by a digest since a lock's name has at most 64 characters.
SELECT GET_LOCK(CONCAT('{prefix}schema-', LEFT(SHA2(DATABASE(), 256), 20)), @seconds);
