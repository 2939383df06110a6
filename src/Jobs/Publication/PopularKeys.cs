using Pipeline.Storage.MySql.Popularity;
using Pipeline.Storage.Redis;

namespace Pipeline.Jobs.Publication;

/// <summary>Makes Redis' popular titles those of MySQL.</summary>
public sealed class PopularKeys(PopularityStore popularity, ServingCache cache)
{
    /// <summary>
    /// Writes what differs. Looks at MySQL once more afterwards, so that nothing stays in Redis whose window and region ended in between:
    /// no later look would find it.
    /// </summary>
    /// <returns>How many keys were written.</returns>
    public async Task<int> RefreshAsync(CancellationToken cancellationToken)
    {
        int written = 0;
        var served = await popularity.ServedAsync(cancellationToken);
        foreach (var titles in served)
        {
            var cached = await cache.FindPopularAsync(titles.Region, titles.Window, cancellationToken);
            if (cached is not null && cached.SequenceEqual(titles.ContentIds))
                continue;
            await cache.WritePopularAsync(titles.Region, titles.Window, titles.ContentIds, cancellationToken);
            written++;
        }
        var after = (await popularity.ServedAsync(cancellationToken)).Select(Place).ToHashSet();
        await DeleteAsync(served.Select(Place).Where(place => !after.Contains(place)), cancellationToken);
        return written;
    }

    /// <summary>Takes out of Redis what a computation has nothing of.</summary>
    /// <param name="rows">Of the computation.</param>
    /// <param name="before">What was served before it.</param>
    public Task ForgetAsync(IReadOnlyList<PopularityRow> rows, IReadOnlyList<PopularTitles> before, CancellationToken cancellationToken)
    {
        var fresh = rows.Select(row => (row.Region, row.Window)).ToHashSet();
        return DeleteAsync(before.Select(Place).Where(place => !fresh.Contains(place)), cancellationToken);
    }

    private async Task DeleteAsync(IEnumerable<(string Region, string Window)> places, CancellationToken cancellationToken)
    {
        foreach (var (region, window) in places)
            await cache.DeletePopularAsync(region, window, cancellationToken);
    }

    private static (string Region, string Window) Place(PopularTitles titles) => (titles.Region, titles.Window);
}
