SELECT generation.generation_id, generation.model_id
  FROM serving_pointer
  JOIN generation ON generation.generation_id = serving_pointer.generation_id
 WHERE serving_pointer.scope = @scope;
