INSERT INTO popularity_history (region, hour_at, content_id, rank_no, views, unique_viewers, hours_watched, score)
VALUES (@Region, @hour, @ContentId, @Rank, @Views, @UniqueViewers, @HoursWatched, @Score);
