using Pipeline.Jobs.Publication;
using Pipeline.Jobs.Runs;
using Pipeline.Storage.MySql.Generations;

namespace Pipeline.Jobs.Tests.Publication;

/// <summary>Lists whose every title tells which publication it belongs to: title = stamp × 1000 + place.</summary>
public static class StampedLists
{
    public const int Members = 2_400;
    public const int Length = 10;
    private const int Width = 1_000;

    public static PublicationRequest Request(JobRun run, long stamp) =>
        new(run.Lease, null, [.. Enumerable.Range(1, Members).Select(member => (long)member)], content => content / Width == stamp, Lists(stamp));

    /// <summary>The publication that a list belongs to, or null where it is of none or of several.</summary>
    public static long? StampOf(IReadOnlyList<ListedItem> items)
    {
        if (items.Count != Length)
            return null;
        long stamp = items[0].ContentId / Width;
        return items.Select(item => item.ContentId).SequenceEqual(Enumerable.Range(0, Length).Select(place => stamp * Width + place)) ? stamp : null;
    }

    private static IEnumerable<RecommendationList> Lists(long stamp)
    {
        for (int member = 1; member <= Members; member++)
            yield return new RecommendationList(
                member, [.. Enumerable.Range(0, Length).Select(place => new ListedItem(stamp * Width + place, 1.0 / (place + 1), new ListReason("popular")))]);
    }
}

/// <summary>A job that publishes stamped lists and does nothing else.</summary>
public sealed class StampedJob(Publisher publisher, long stamp, Func<PublicationStep, CancellationToken, Task>? reached = null, Action<double>? progress = null) : IJob
{
    public string Name => "stamped";

    public static ParameterValues NoParameters { get; } = ParameterValues.Read("stamped", [], []);

    public async Task<JobOutcome> RunAsync(JobRun run, CancellationToken cancellationToken)
    {
        long generation = await publisher.PublishAsync(
            StampedLists.Request(run, stamp), reached ?? ((_, _) => Task.CompletedTask), progress ?? (_ => { }), cancellationToken);
        run.Metric("generation", generation);
        return JobOutcome.Done;
    }
}
