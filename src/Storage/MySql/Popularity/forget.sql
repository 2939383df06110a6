DELETE FROM popularity WHERE window_name = @window AND region = @region
