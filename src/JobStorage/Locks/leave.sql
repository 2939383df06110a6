-- By the owner: where the answer to a first entry was lost, there are two.
DELETE FROM {prefix}lock_waiter WHERE resource = @resource AND owner = @owner;
