SELECT content_id, score
  FROM popularity
 WHERE window_name = @window AND region = @region
   AND computed_at = (SELECT MAX(computed_at) FROM popularity WHERE window_name = @window AND region = @region)
 ORDER BY rank_no;
