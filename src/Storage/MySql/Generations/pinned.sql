SELECT DISTINCT generation_id FROM serving_pointer WHERE scope <> 'global' ORDER BY generation_id;
