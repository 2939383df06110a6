-- VALUES(…), and not a row alias, because MariaDB knows only the former.
INSERT INTO title (content_id, name_ko, name_en, genres, language, runtime_seconds, release_date)
VALUES (@ContentId, @NameKo, @NameEn, @Genres, @Language, @RuntimeSeconds, @ReleaseDate)
ON DUPLICATE KEY UPDATE
  name_ko = VALUES(name_ko), name_en = VALUES(name_en), genres = VALUES(genres), language = VALUES(language),
  runtime_seconds = VALUES(runtime_seconds), release_date = VALUES(release_date)
