using Pipeline.Storage.MySql.Generations;
using Pipeline.Storage.MySql.Popularity;
using Pipeline.Storage.Redis;

namespace Pipeline.Storage.Serving;

/// <summary>Where an answer came from.</summary>
public enum ListSource
{
    /// <summary>The member's list, from Redis.</summary>
    Redis,

    /// <summary>The member's list, from MySQL: Redis had none of this generation.</summary>
    MySql,

    /// <summary>The member has no list; these are the popular titles.</summary>
    Popularity,

    /// <summary>There is nothing to show: no list and no popular titles.</summary>
    None,
}

/// <summary>An answer to one request; all of it is of one generation.</summary>
/// <param name="Generation">The generation that was served when the request came; null before the first publication.</param>
/// <param name="Fallback">What was asked for in vain, in order, in words; null where the first place had it.</param>
public sealed record ServedList(ListSource Source, long? Generation, string? Fallback, IReadOnlyList<ListedItem> Items);

/// <summary>
/// Reads as the product's API does: the served generation once, that of the region where it is pinned to its own, else everybody's; then the
/// member's list of that generation from Redis, else from MySQL; for a member without a list the popular titles of the region's last 24 hours, else of everywhere's.
/// </summary>
public sealed class RecommendationReader(ServingCache cache, GenerationStore generations, PopularityStore popularity)
{
    /// <summary>All regions together.</summary>
    public const string Everywhere = "ALL";

    private const string Window = "24h";

    /// <param name="region">ISO 3166 alpha-2 of the request.</param>
    public async Task<ServedList> ReadAsync(long user, string region, CancellationToken cancellationToken)
    {
        // Once: a publication between two reads must not mix two generations in one answer.
        long? generation = (await generations.PointerAsync(region, cancellationToken))?.GenerationId
            ?? await cache.ServedGenerationAsync(cancellationToken)
            ?? (await generations.PointerAsync(GenerationStore.GlobalScope, cancellationToken))?.GenerationId;
        if (generation is null)
            return await PopularAsync(null, region, "no generation is published", cancellationToken);

        // MySQL has the scores and the reasons either way; Redis decides what is shown.
        var cached = await cache.FindListAsync(generation.Value, user, cancellationToken);
        var stored = await generations.FindAsync(generation.Value, user, cancellationToken);
        if (cached is not null)
            return new ServedList(ListSource.Redis, generation, null, Explain(cached, stored));
        if (stored is not null)
            return new ServedList(ListSource.MySql, generation, $"no key in Redis for generation {generation}", stored.Items);
        return await PopularAsync(generation, region, $"no list of generation {generation}", cancellationToken);
    }

    private async Task<ServedList> PopularAsync(long? generation, string region, string missing, CancellationToken cancellationToken)
    {
        string[] regions = region == Everywhere ? [Everywhere] : [region, Everywhere];
        foreach (string place in regions)
        {
            if (await cache.FindPopularAsync(place, Window, cancellationToken) is { Count: > 0 } titles)
            {
                var scores = (await popularity.TopAsync(Window, place, cancellationToken)).ToDictionary(row => row.ContentId, row => row.Score);
                return new ServedList(ListSource.Popularity, generation, $"{missing}: popular in {place}, {Window}",
                    [.. titles.Select(id => new ListedItem(id, scores.GetValueOrDefault(id), new ListReason("popular")))]);
            }
            missing += $"; nothing popular in {place}, {Window}";
        }
        return new ServedList(ListSource.None, generation, missing, []);
    }

    private static IReadOnlyList<ListedItem> Explain(IReadOnlyList<long> cached, RecommendationList? stored)
    {
        var known = stored?.Items.ToDictionary(item => item.ContentId) ?? [];
        return [.. cached.Select(id => known.TryGetValue(id, out var item) ? item : new ListedItem(id, 0, null))];
    }
}
