using Pipeline.Jobs.Rights;
using Pipeline.Jobs.Runs;
using Pipeline.Models.Popularity;
using Pipeline.Models.Ranking;
using Pipeline.Storage.Events;
using Pipeline.Storage.MySql.Popularity;
using Pipeline.Storage.Redis;

namespace Pipeline.Jobs.Popularity;

/// <summary>Counts what is watched, by window and region, from the events, and publishes it to MySQL and then to Redis.</summary>
public sealed class PopularityJob(IEventStore events, PopularityStore popularity, PopularityHistory history, RightsReader rights, ServingCache cache) : IJob
{
    public const string JobName = "popularity";

    private static readonly JobParameter<int> Titles = JobParameters.Whole("titles", "titles per window and region", 1_000, 1, 100_000);
    private static readonly JobParameter<DateTime?> AsOf = JobParameters.Time("as-of", "end of all windows, now where not set");

    private readonly PopularityCounter _counter = new(events);

    public string Name => JobName;

    public static IReadOnlyList<JobParameter> ValidParameters { get; } = [Titles, AsOf];

    public async Task<JobOutcome> RunAsync(JobRun run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        var asOf = run.Parameters.Get(AsOf) ?? run.StartedAt;

        await run.StepAsync("counting", cancellationToken);
        var rows = await _counter.CountAsync(run, asOf, run.Parameters.Get(Titles), cancellationToken);
        if (rows.Count == 0)
            return PopularityCounter.Nothing(asOf);

        await run.StepAsync("writing the history", cancellationToken);
        await history.WriteAsync(run.Lease, asOf, rows, cancellationToken);
        run.Metric("rows", rows.Count);
        run.Metric("regions", rows.Select(row => row.Region).Distinct().Count());

        await run.StepAsync("publishing", cancellationToken);
        var shown = await ShownAsync(rows, run.StartedAt, cancellationToken);
        await popularity.WriteAsync(run.Lease, shown, cancellationToken);
        // Readers take the latest list that there is of a region: one of which nothing is left must not be an earlier one.
        foreach (var (window, region) in rows.Select(row => (row.Window, row.Region)).Distinct().Except(shown.Select(row => (row.Window, row.Region))))
        {
            await popularity.ForgetAsync(window, region, cancellationToken);
            await cache.DeletePopularAsync(region, window, cancellationToken);
        }
        var before = await popularity.ServedAsync(cancellationToken);
        foreach (var titles in before)
            await cache.WritePopularAsync(titles.Region, titles.Window, titles.ContentIds, cancellationToken);

        await run.StepAsync("pruning", cancellationToken);
        await popularity.PruneAsync(cancellationToken);
        await history.PruneAsync(cancellationToken);
        await ForgetAsync(before, cancellationToken);
        return JobOutcome.Done;
    }

    /// <summary>Of each region what may be shown there until the next hour; the list of all regions has what may be shown in all of them.</summary>
    private async Task<IReadOnlyList<PopularityRow>> ShownAsync(IReadOnlyList<PopularityRow> rows, DateTime now, CancellationToken cancellationToken)
    {
        var titles = (await rights.ReadAsync(JobName, now, cancellationToken)).Titles;
        return titles.AreFree ? rows :
        [
            .. rows.GroupBy(row => (row.Window, row.Region)).SelectMany(list => list
                .Where(row => titles.ReasonAgainst(row.Region == PopularityAggregator.AllRegions ? null : row.Region, TitleRights.AnyAge, row.ContentId) is null)
                .OrderBy(row => row.Rank)
                .Select((row, place) => row with { Rank = place + 1 })),
        ];
    }

    /// <summary>Takes lists out of Redis whose last rows were pruned: a region where nobody has watched for some computations.</summary>
    private async Task ForgetAsync(IReadOnlyList<PopularTitles> before, CancellationToken cancellationToken)
    {
        var after = (await popularity.ServedAsync(cancellationToken)).Select(titles => (titles.Region, titles.Window)).ToHashSet();
        foreach (var titles in before.Where(titles => !after.Contains((titles.Region, titles.Window))))
            await cache.DeletePopularAsync(titles.Region, titles.Window, cancellationToken);
    }
}
