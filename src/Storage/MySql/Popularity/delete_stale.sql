-- What an earlier computation knew of a window and region that the one at @computedAt knows nothing of: readers take the newest rows that there are.
DELETE stale
  FROM popularity AS stale
  LEFT JOIN (SELECT DISTINCT window_name, region FROM popularity WHERE computed_at = @computedAt) AS fresh
    ON fresh.window_name = stale.window_name AND fresh.region = stale.region
 WHERE fresh.region IS NULL;
