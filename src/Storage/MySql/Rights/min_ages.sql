SELECT content_id, min_age FROM title_detail WHERE min_age > 0 ORDER BY content_id;
