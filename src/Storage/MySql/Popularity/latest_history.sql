SELECT history.content_id, history.rank_no, history.views, history.unique_viewers, history.hours_watched, history.score, before_that.rank_no AS earlier_rank,
       title.name_ko, title.name_en
  FROM popularity_history AS history
  LEFT JOIN popularity_history AS before_that
    ON before_that.region = history.region AND before_that.content_id = history.content_id AND before_that.hour_at = history.hour_at - INTERVAL 1 DAY
  LEFT JOIN title ON title.content_id = history.content_id
 WHERE history.region = @region AND history.hour_at = (SELECT MAX(hour_at) FROM popularity_history WHERE region = @region)
 ORDER BY history.rank_no
 LIMIT @most;
