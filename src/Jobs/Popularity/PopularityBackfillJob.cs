using System.Globalization;
using Pipeline.Jobs.Runs;
using Pipeline.Storage.MySql.Popularity;

namespace Pipeline.Jobs.Popularity;

/// <summary>Counts popularity for hours that are over, one after another, each in a run of its own. What readers get stays as it is.</summary>
public sealed class PopularityBackfillJob(PopularityHourJob hour, RunLedger ledger) : IJob
{
    public const string JobName = "popularity-backfill";

    /// <summary>A fortnight of hours: more than that is no wish to wait for.</summary>
    public const int MostTimes = 336;

    private static readonly JobParameter<DateTime?> From = JobParameters.Time("from", "the first hour") with { IsRequired = true };
    private static readonly JobParameter<DateTime?> To = JobParameters.Time("to", "the end, itself not computed") with { IsRequired = true };

    public static IReadOnlyList<JobParameter> ValidParameters { get; } = [From, To];

    public string Name => JobName;

    /// <summary>The full hours of a range, the first not before <paramref name="from"/>.</summary>
    public static IEnumerable<DateTime> Times(DateTime from, DateTime to)
    {
        var first = PopularityHistory.HourOf(from);
        for (var time = first < from ? first.AddHours(1) : first; time < to; time = time.AddHours(1))
            yield return time;
    }

    public async Task<JobOutcome> RunAsync(JobRun run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        var times = Times(run.Parameters.Get(From)!.Value, run.Parameters.Get(To)!.Value).Take(MostTimes).ToList();
        for (int done = 0; done < times.Count; done++)
        {
            string asOf = times[done].ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            await run.StepAsync($"hour {done + 1} of {times.Count}", cancellationToken);
            run.Progress((double)done / times.Count);
            var report = await ledger.RunAsync(
                hour, JobCatalogue.Read(PopularityHourJob.JobName, [$"{PopularityHourJob.AsOf.Name}={asOf}"]),
                new RunOrder(null, $"run {run.Lease.RunId}", _ => { }), cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            await run.LogAsync($"{asOf}: run {report.RunId} {report.End.ToString().ToLowerInvariant()}{(report.Reason is null ? "" : $": {report.Reason}")}", cancellationToken);
            if (report.End is not (RunEnd.Succeeded or RunEnd.Skipped))
                throw new InvalidOperationException($"{asOf}: run {report.RunId} ended {report.End.ToString().ToLowerInvariant()}: {report.Reason}");
        }
        run.Metric("hours", times.Count);
        return JobOutcome.Done;
    }
}
