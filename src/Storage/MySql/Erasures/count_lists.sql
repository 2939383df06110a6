UPDATE erasure SET lists = COALESCE(lists, 0) + @lists WHERE erasure_id = @erasure;
