-- Before they are deleted: a count of what was deleted would be lost with the process that did it.
UPDATE erasure SET events = COALESCE(events, 0) + @events, refused = COALESCE(refused, 0) + @refused WHERE erasure_id = @erasure;
