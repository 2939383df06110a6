using System.Diagnostics;
using System.Diagnostics.Metrics;
using Pipeline.Jobs.Runs;

namespace Pipeline.Jobs;

/// <summary>All metrics of the jobs.</summary>
internal static class JobMetrics
{
    public const string MeterName = "Pipeline.Jobs";

    private static readonly Meter Meter = new(MeterName);

    private static readonly Counter<long> Runs = Meter.CreateCounter<long>("pipeline.jobs.runs", description: "Runs by job and end.");
    private static readonly Histogram<double> Seconds = Meter.CreateHistogram<double>(
        "pipeline.jobs.run.duration", "s", "How long runs took.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 5, 15, 60, 300, 900, 3_600, 14_400] });
    private static readonly Counter<long> Repairs = Meter.CreateCounter<long>("pipeline.cache.repairs", description: "What the reconciler put right in Redis.");
    private static readonly Counter<long> FailedReconciliations = Meter.CreateCounter<long>("pipeline.cache.reconciliation.failures", description: "Reconciliations that could not be finished.");

    public static void Ended(RunReport report)
    {
        var tags = new TagList { { "job", report.Job }, { "end", report.End.ToString().ToLowerInvariant() } };
        Runs.Add(1, tags);
        Seconds.Record(report.Seconds, tags);
    }

    public static void Repaired(int count) => Repairs.Add(count);

    public static void ReconciliationFailed() => FailedReconciliations.Add(1);
}
