using Pipeline.Jobs.Publication;
using Pipeline.Jobs.Rights;
using Pipeline.Jobs.Runs;
using Pipeline.Models.Popularity;
using Pipeline.Models.Ranking;
using Pipeline.Storage.Events;
using Pipeline.Storage.MySql.Popularity;
using Pipeline.Storage.MySql.Titles;

namespace Pipeline.Jobs.Popularity;

/// <summary>Counts what is watched, by window and region, from the events, and publishes it to MySQL and then to Redis.</summary>
public sealed class PopularityJob(
    IEventStore events, TitleStore titles, PopularityStore popularity, PopularityHistory history, RightsReader rights, PopularKeys keys) : IJob
{
    public const string JobName = "popularity";

    private static readonly JobParameter<int> Titles = JobParameters.Whole("titles", "titles per window and region", 1_000, 1, 100_000);
    private static readonly JobParameter<DateTime?> AsOf = JobParameters.Time("as-of", "end of all windows, now where not set");

    private readonly PopularityCounter _counter = new(events, titles);

    public string Name => JobName;

    public static IReadOnlyList<JobParameter> ValidParameters { get; } = [Titles, AsOf, Publishing.Wanted];

    public async Task<JobOutcome> RunAsync(JobRun run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        var asOf = run.Parameters.Get(AsOf) ?? run.StartedAt;

        await run.StepAsync("counting", cancellationToken);
        var rows = await _counter.CountAsync(run, asOf, run.Parameters.Get(Titles), cancellationToken);
        if (rows.Count > 0)
        {
            await run.StepAsync("writing the history", cancellationToken);
            await history.WriteAsync(run.Lease, asOf, rows, cancellationToken);
            run.Metric("rows", rows.Count);
            run.Metric("regions", rows.Select(row => row.Region).Distinct().Count());
        }
        bool publishes = Publishing.IsWanted(run.Parameters);
        if (publishes)
            await PublishAsync(run, await ShownAsync(rows, run.StartedAt, cancellationToken), cancellationToken);
        if (rows.Count == 0)
            return await _counter.NothingAsync(asOf, cancellationToken);
        return publishes ? JobOutcome.Done : JobOutcome.DoneWith("the history is written, and what readers get stays as it is, as was asked");
    }

    /// <summary>Readers see the new rows at once; where there are none of a window and region, they see none.</summary>
    private async Task PublishAsync(JobRun run, IReadOnlyList<PopularityRow> rows, CancellationToken cancellationToken)
    {
        await run.StepAsync("publishing", cancellationToken);
        var before = await popularity.ServedAsync(cancellationToken);
        // Before the rows go too: a run that dies between the two leaves no key that nothing leads to.
        await keys.ForgetAsync(rows, before, cancellationToken);
        await popularity.WriteAsync(run.Lease, rows, cancellationToken);
        await keys.ForgetAsync(rows, before, cancellationToken);
        await keys.RefreshAsync(cancellationToken);

        await run.StepAsync("pruning", cancellationToken);
        await popularity.PruneAsync(cancellationToken);
        await history.PruneAsync(cancellationToken);
    }

    /// <summary>Of each region what may be shown there until the next hour; the list of all regions has what may be shown in all of them.</summary>
    private async Task<IReadOnlyList<PopularityRow>> ShownAsync(IReadOnlyList<PopularityRow> rows, DateTime now, CancellationToken cancellationToken)
    {
        var rules = (await rights.ReadAsync(JobName, now, cancellationToken)).Titles;
        return rules.AreFree ? rows :
        [
            .. rows.GroupBy(row => (row.Window, row.Region)).SelectMany(list => list
                .Where(row => rules.ReasonAgainst(row.Region == PopularityAggregator.AllRegions ? null : row.Region, TitleRights.AnyAge, row.ContentId) is null)
                .OrderBy(row => row.Rank)
                .Select((row, place) => row with { Rank = place + 1 })),
        ];
    }
}
