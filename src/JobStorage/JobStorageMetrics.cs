using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using MySqlConnector;

namespace Pipeline.JobStorage;

/// <summary>All metrics of the storage; the meter is <see cref="MeterName"/>.</summary>
public static class JobStorageMetrics
{
    /// <summary>What a collector asks for.</summary>
    public const string MeterName = "Pipeline.JobStorage";

    private static readonly Meter Meter = new(MeterName);
    private static readonly ConcurrentDictionary<(string Place, string Queue), double> Ages = new();

    private static readonly Histogram<double> FetchLatency = Meter.CreateHistogram<double>(
        "jobstorage.fetch.latency", "s", "From when a job became available in its queue until a worker had it.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.005, 0.02, 0.1, 0.5, 1, 5, 30, 120, 600] });
    private static readonly Counter<long> Retries = Meter.CreateCounter<long>(
        "jobstorage.retries", description: "Units of work repeated after an error that passes, by MySQL's error code.");
    private static readonly Counter<long> LostLeases = Meter.CreateCounter<long>(
        "jobstorage.leases.lost", description: "Jobs and locks that this process held and found to be somebody else's.");
    private static readonly Counter<long> Rescues = Meter.CreateCounter<long>(
        "jobstorage.rescues", description: "Jobs taken over from workers that are dead or cut off, by what became of them: started, or given up.");
    private static readonly ObservableGauge<double> OldestAge = Meter.CreateObservableGauge(
        "jobstorage.queue.oldest_age", () => Ages.Select(age => new Measurement<double>(age.Value, Tag("queue", age.Key.Queue))),
        "s", "How long the first job of a queue has been waiting, as of the last maintenance pass.");

    internal static void Fetched(string queue, double seconds) => FetchLatency.Record(seconds, Tag("queue", queue));

    internal static void Retried(MySqlErrorCode code) => Retries.Add(1, Tag("code", ((int)code).ToString(CultureInfo.InvariantCulture)));

    internal static void Rescued(bool givenUp) => Rescues.Add(1, Tag("outcome", givenUp ? "given_up" : "started"));

    /// <param name="kind">job or lock.</param>
    internal static void Lost(string kind) => LostLeases.Add(1, Tag("kind", kind));

    /// <summary>Replaces what is known of one database's queues; an empty queue has no age.</summary>
    internal static void Waiting(string place, IReadOnlyDictionary<string, double> ages)
    {
        foreach (var known in Ages.Keys.Where(key => key.Place == place && !ages.ContainsKey(key.Queue)))
            Ages.TryRemove(known, out _);
        foreach (var (queue, seconds) in ages)
            Ages[(place, queue)] = seconds;
    }

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
