SELECT content_id, region, available_from, available_until FROM title_licence ORDER BY content_id, region, available_from;
