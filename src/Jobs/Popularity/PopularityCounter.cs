using System.Text.RegularExpressions;
using Pipeline.Jobs.Runs;
using Pipeline.Models.Popularity;
using Pipeline.Storage.Events;
using Pipeline.Storage.MySql.Popularity;
using Pipeline.Storage.MySql.Titles;

namespace Pipeline.Jobs.Popularity;

/// <summary>Counts what was watched in all windows that end at one time.</summary>
internal sealed partial class PopularityCounter(IEventStore events, TitleStore catalogue)
{
    public async Task<JobOutcome> NothingAsync(DateTime asOf, CancellationToken cancellationToken) => JobOutcome.Skipped(
        $"nothing was watched: {await EventRange.DescribeAsync(events, PopularityWindow.All[^1].Length.TotalDays, asOf, cancellationToken)}");

    /// <param name="titles">The most for a window and region.</param>
    public async Task<IReadOnlyList<PopularityRow>> CountAsync(JobRun run, DateTime asOf, int titles, CancellationToken cancellationToken)
    {
        var runtimes = (await catalogue.ReadAsync(cancellationToken))
            .Where(title => title.RuntimeSeconds > 0)
            .ToDictionary(title => title.ContentId, title => TimeSpan.FromSeconds(title.RuntimeSeconds!.Value));
        var aggregator = new PopularityAggregator(asOf, runtimes);
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
        return [.. aggregator.Rank(titles).Select(title => new PopularityRow(
            title.Window, title.Region, title.Rank, title.ContentId, title.Views, title.UniqueViewers, title.HoursWatched, title.Score))];
    }

    /// <summary>The event's region; none where it is not ISO 3166 alpha-2, so that a client's mistake makes no region of its own.</summary>
    private static string? RegionOf(in StoredEvent watched) => watched.Region is { } region && Alpha2().IsMatch(region) ? region : null;

    [GeneratedRegex("^[A-Z]{2}$")]
    private static partial Regex Alpha2();
}
