SELECT content_id, hour_at, rank_no, views, score
  FROM popularity_history
 WHERE region = @region AND content_id IN @contents AND hour_at >= UTC_TIMESTAMP() - INTERVAL @days DAY
 ORDER BY content_id, hour_at;
