INSERT INTO title_licence (content_id, region, available_from, available_until)
VALUES (@ContentId, @Region, @AvailableFrom, @AvailableUntil)
ON DUPLICATE KEY UPDATE available_until = VALUES(available_until)
