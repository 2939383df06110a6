INSERT INTO title_detail (content_id, cast_members, tags, min_age) VALUES (@ContentId, @Cast, @Tags, @MinAge)
ON DUPLICATE KEY UPDATE cast_members = VALUES(cast_members), tags = VALUES(tags), min_age = VALUES(min_age)
