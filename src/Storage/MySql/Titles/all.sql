SELECT content_id, name_ko, name_en, genres, language, runtime_seconds, release_date FROM title ORDER BY content_id;
