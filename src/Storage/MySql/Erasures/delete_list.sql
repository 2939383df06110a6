DELETE FROM recommendation WHERE generation_id = @generation AND user_id = @member;
