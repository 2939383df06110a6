SELECT title.content_id, name_ko, name_en, genres, language, runtime_seconds, release_date, cast_members, tags, min_age
FROM title LEFT JOIN title_detail ON title_detail.content_id = title.content_id ORDER BY title.content_id;
