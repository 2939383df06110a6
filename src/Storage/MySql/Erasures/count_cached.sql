UPDATE erasure SET cached = COALESCE(cached, 0) + @cached WHERE erasure_id = @erasure;
