using Pipeline.Jobs.Runs;
using Pipeline.Storage.Events;
using Pipeline.Storage.MySql.Popularity;
using Pipeline.Storage.MySql.Titles;

namespace Pipeline.Jobs.Popularity;

/// <summary>
/// One hour of a backfill: writes down what was popular then, and leaves what readers get as it is. A job beside
/// <see cref="PopularityJob"/>, so that it neither stands in the timetable's way nor passes for one of its runs.
/// </summary>
public sealed class PopularityHourJob(IEventStore events, TitleStore titles, PopularityHistory history) : IJob
{
    public const string JobName = "popularity-hour";

    public static readonly JobParameter<DateTime?> AsOf = JobParameters.Time("as-of", "end of all windows") with { IsRequired = true };

    private readonly PopularityCounter _counter = new(events, titles);

    public string Name => JobName;

    public static IReadOnlyList<JobParameter> ValidParameters { get; } = [AsOf];

    public async Task<JobOutcome> RunAsync(JobRun run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        var asOf = run.Parameters.Get(AsOf)!.Value;
        await run.StepAsync("counting", cancellationToken);
        var rows = await _counter.CountAsync(run, asOf, PopularityHistory.TitlesPerRegion, cancellationToken);
        if (rows.Count == 0)
            return await _counter.NothingAsync(asOf, cancellationToken);

        await run.StepAsync("writing the history", cancellationToken);
        await history.WriteAsync(run.Lease, asOf, rows, cancellationToken);
        run.Metric("rows", rows.Count);
        return JobOutcome.Done;
    }
}
