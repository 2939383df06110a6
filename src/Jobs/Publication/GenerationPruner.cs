using Pipeline.Storage.MySql.Generations;
using Pipeline.Storage.Redis;

namespace Pipeline.Jobs.Publication;

/// <summary>Deletes old generations from Redis and MySQL, some rows at a time; it can be stopped anywhere and goes on the next time.</summary>
public sealed class GenerationPruner(GenerationPruning pruning, ServingCache cache)
{
    public async Task PruneAsync(CancellationToken cancellationToken)
    {
        foreach (long generation in await pruning.FindAsync(cancellationToken))
        {
            // Redis first: MySQL's rows say which keys there are.
            while (await pruning.NextUsersAsync(generation, cancellationToken) is { Count: > 0 } users)
            {
                await cache.DeleteListsAsync(generation, users, cancellationToken);
                await pruning.DeleteAsync(generation, users[^1], cancellationToken);
            }
            await pruning.FinishAsync(generation, cancellationToken);
        }
    }
}
