DELETE FROM {prefix}counter WHERE id IN ({ids});
