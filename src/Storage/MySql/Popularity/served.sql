-- For every window and region what a reader of the table sees: the rows of its latest time.
SELECT popularity.window_name, popularity.region, popularity.content_id
  FROM popularity
  JOIN (SELECT window_name, region, MAX(computed_at) AS computed_at FROM popularity GROUP BY window_name, region) AS latest
    ON latest.window_name = popularity.window_name AND latest.region = popularity.region AND latest.computed_at = popularity.computed_at
 ORDER BY popularity.window_name, popularity.region, popularity.rank_no;
