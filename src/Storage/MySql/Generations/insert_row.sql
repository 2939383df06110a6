REPLACE INTO recommendation (generation_id, user_id, items) VALUES (@generation, @user, @items);
