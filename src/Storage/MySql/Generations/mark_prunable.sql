-- Everything but the newest published ones, what any pointer names or named before, and what a live run is still writing.
UPDATE generation
  LEFT JOIN (SELECT generation_id FROM (SELECT generation_id, ROW_NUMBER() OVER (PARTITION BY scope ORDER BY generation_id DESC) AS age
                                          FROM generation WHERE state = 'published') AS published
              WHERE age <= @keep) AS newest ON newest.generation_id = generation.generation_id
  LEFT JOIN serving_pointer AS served
         ON generation.generation_id IN (served.generation_id, served.previous_generation_id)
  LEFT JOIN job_run AS writer
         ON writer.run_id = generation.run_id AND writer.fencing_token = generation.fencing_token AND writer.state = 'running'
   SET generation.state = 'pruning'
 WHERE newest.generation_id IS NULL AND served.scope IS NULL
   AND (generation.state = 'published' OR (generation.state = 'writing' AND writer.run_id IS NULL));
