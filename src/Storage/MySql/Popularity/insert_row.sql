INSERT INTO popularity (window_name, region, computed_at, rank_no, content_id, views, unique_viewers, hours_watched, score)
VALUES (@Window, @Region, @computedAt, @Rank, @ContentId, @Views, @UniqueViewers, @HoursWatched, @Score);
