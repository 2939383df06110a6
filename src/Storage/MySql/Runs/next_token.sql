-- Takes the sequence's row lock: openings of runs wait for one another here, and nowhere else.
UPDATE fencing_token_sequence SET value = LAST_INSERT_ID(value + 1) WHERE name = 'run';
SELECT LAST_INSERT_ID();
