using Pipeline.Storage.MySql.Generations;
using Pipeline.Storage.Redis;

namespace Pipeline.Jobs.Publication;

/// <summary>
/// Makes Redis say what MySQL says: after a publisher that died behind its commit, after a Redis that came back empty, and before lists
/// reach the end of their time to live. Any number of processes may do it at once.
/// </summary>
public sealed class Reconciler(GenerationStore generations, PopularKeys keys, CacheFiller filler, ServingCache cache, ILogger<Reconciler> log)
{
    /// <returns>How many things were put right.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken) =>
        await ReconcileGenerationAsync(cancellationToken) + await keys.RefreshAsync(cancellationToken);

    private async Task<int> ReconcileGenerationAsync(CancellationToken cancellationToken)
    {
        if (await generations.PointerAsync(GenerationStore.GlobalScope, cancellationToken) is not { } pointer)
            return 0;
        int repairs = 0;
        foreach (long generation in (await generations.PinnedAsync(cancellationToken)).Append(pointer.GenerationId).Distinct())
        {
            if (!await NeedsFillingAsync(generation, cancellationToken))
                continue;
            log.LogWarning("Redis lacks lists of generation {Generation}, or they are getting old: writing them again", generation);
            await filler.FillAsync(generation, cancellationToken);
            repairs++;
        }
        if (await cache.ServedGenerationAsync(cancellationToken) != pointer.GenerationId)
        {
            if (await cache.MoveGenerationAsync(pointer.GenerationId, pointer.FencingToken, cancellationToken) is { } held)
                log.LogWarning("Redis serves a flip with token {Held}, which MySQL, at {Token}, does not know of; it was not touched", held, pointer.FencingToken);
            else
                repairs++;
        }
        return repairs;
    }

    /// <summary>Looks at the first and the last list: Redis is filled in this order, and forgets all at once or by age.</summary>
    private async Task<bool> NeedsFillingAsync(long generation, CancellationToken cancellationToken)
    {
        if (await generations.EndsAsync(generation, cancellationToken) is not var (first, last))
            return false;
        foreach (long user in (long[])[first, last])
            if (await cache.LifetimeAsync(generation, user, cancellationToken) is not { } left || left < ServingCache.ListLifetime / 2)
                return true;
        return false;
    }
}
