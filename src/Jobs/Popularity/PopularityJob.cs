using System.Text.RegularExpressions;
using Pipeline.Jobs.Runs;
using Pipeline.Models.Popularity;
using Pipeline.Storage.Events;
using Pipeline.Storage.MySql.Popularity;
using Pipeline.Storage.Redis;

namespace Pipeline.Jobs.Popularity;

/// <summary>Counts what is watched, by window and region, from the events, and publishes it to MySQL and then to Redis.</summary>
public sealed partial class PopularityJob(IEventStore events, PopularityStore popularity, PopularityHistory history, ServingCache cache) : IJob
{
    public const string JobName = "popularity";

    private static readonly JobParameter<int> Titles = JobParameters.Whole("titles", "titles per window and region", 1_000, 1, 100_000);
    private static readonly JobParameter<DateTime?> AsOf = JobParameters.Time("as-of", "end of all windows, now where not set");

    private static readonly JobParameter<int> HistoryOnly =
        JobParameters.Whole("history-only", "1 to write down what was popular then, and leave what readers get as it is", 0, 0, 1);

    public string Name => JobName;

    public static IReadOnlyList<JobParameter> ValidParameters { get; } = [Titles, AsOf, HistoryOnly];

    public async Task<JobOutcome> RunAsync(JobRun run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        var asOf = run.Parameters.Get(AsOf) ?? run.StartedAt;

        await run.StepAsync("counting", cancellationToken);
        var rows = await CountAsync(run, asOf, cancellationToken);
        if (rows.Count == 0)
            return JobOutcome.Skipped($"nothing was watched in the {PopularityWindow.All[^1].Name} before {asOf:u}");

        await run.StepAsync("writing the history", cancellationToken);
        await history.WriteAsync(run.Lease, asOf, rows, cancellationToken);
        run.Metric("rows", rows.Count);
        run.Metric("regions", rows.Select(row => row.Region).Distinct().Count());
        if (run.Parameters.Get(HistoryOnly) == 1)
            return JobOutcome.Done;

        await run.StepAsync("publishing", cancellationToken);
        await popularity.WriteAsync(run.Lease, rows, cancellationToken);
        var before = await popularity.ServedAsync(cancellationToken);
        foreach (var titles in before)
            await cache.WritePopularAsync(titles.Region, titles.Window, titles.ContentIds, cancellationToken);

        await run.StepAsync("pruning", cancellationToken);
        await popularity.PruneAsync(cancellationToken);
        await history.PruneAsync(cancellationToken);
        await ForgetAsync(before, cancellationToken);
        return JobOutcome.Done;
    }

    private async Task<IReadOnlyList<PopularityRow>> CountAsync(JobRun run, DateTime asOf, CancellationToken cancellationToken)
    {
        var aggregator = new PopularityAggregator(asOf);
        var end = new DateTimeOffset(asOf, TimeSpan.Zero);
        var length = PopularityWindow.All[^1].Length;
        long counted = 0;
        await foreach (var watched in events.ReadAsync(end - length, end, cancellationToken))
        {
            if (watched.ContentId is not { } content || watched.WatchedSeconds <= 0)
                continue;
            aggregator.Add(new WatchTime(watched.UserId, content, RegionOf(watched), watched.OccurredAt, watched.WatchedSeconds, watched.DurationSeconds));
            if (++counted % 10_000 == 0)
                run.Progress(1 - (asOf - watched.OccurredAt) / length);
        }
        run.Metric("events", counted);
        return [.. aggregator.Rank(run.Parameters.Get(Titles)).Select(title => new PopularityRow(
            title.Window, title.Region, title.Rank, title.ContentId, title.Views, title.UniqueViewers, title.HoursWatched, title.Score))];
    }

    /// <summary>Takes lists out of Redis whose last rows were pruned: a region where nobody has watched for some computations.</summary>
    private async Task ForgetAsync(IReadOnlyList<PopularTitles> before, CancellationToken cancellationToken)
    {
        var after = (await popularity.ServedAsync(cancellationToken)).Select(titles => (titles.Region, titles.Window)).ToHashSet();
        foreach (var titles in before.Where(titles => !after.Contains((titles.Region, titles.Window))))
            await cache.DeletePopularAsync(titles.Region, titles.Window, cancellationToken);
    }

    /// <summary>The event's region; none where it is not ISO 3166 alpha-2, so that a client's mistake makes no region of its own.</summary>
    private static string? RegionOf(in StoredEvent watched) => watched.Region is { } region && Alpha2().IsMatch(region) ? region : null;

    [GeneratedRegex("^[A-Z]{2}$")]
    private static partial Regex Alpha2();
}
