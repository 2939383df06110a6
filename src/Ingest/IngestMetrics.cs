using System.Diagnostics.Metrics;
using Pipeline.Storage.Events;

namespace Pipeline.Ingest;

/// <summary>Every number that the ingest worker shows at /metrics.</summary>
public sealed class IngestMetrics : IDisposable
{
    public const string MeterName = "Pipeline.Ingest";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _events;
    private readonly Counter<long> _refusals;
    private readonly Histogram<int> _batchEvents;
    private readonly Histogram<double> _batchAge;
    private readonly Histogram<double> _appendSeconds;

    public IngestMetrics(IngestStatus status)
    {
        _events = _meter.CreateCounter<long>("ingest.events", "{event}", "Events counted, by outcome.");
        _refusals = _meter.CreateCounter<long>("ingest.refusals", "{event}", "Events refused, by the contract's code.");
        _batchEvents = Create<int>(
            "ingest.batch.events", "{event}", "Events of a batch.", [1, 10, 100, 500, 1_000, 2_000, 4_000, 8_000, 25_000]);
        _batchAge = Create<double>(
            "ingest.batch.age", "s", "Age of a batch's first event when the batch went.", [0.01, 0.05, 0.1, 0.25, 0.5, 1, 5]);
        _appendSeconds = Create<double>(
            "ingest.append.duration", "s", "Time the store took for a batch.", [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 30]);
        _meter.CreateObservableGauge("ingest.lag", () => LagOf(status), "{event}", "Events of a partition not stored yet.");
        _meter.CreateObservableGauge(
            "ingest.paused", () => status.IsPaused ? 1 : 0, null, "1 while no new events are taken because the store is behind.");
    }

    public void Counted(LedgerCounts counts)
    {
        _events.Add(counts.Stored, new KeyValuePair<string, object?>("outcome", "stored"));
        _events.Add(counts.Duplicates, new KeyValuePair<string, object?>("outcome", "duplicate"));
        _events.Add(counts.Refused, new KeyValuePair<string, object?>("outcome", "refused"));
    }

    /// <summary>Delivered again after they were counted.</summary>
    public void Redelivered(long events) => _events.Add(events, new KeyValuePair<string, object?>("outcome", "redelivered"));

    public void Refused(string code) => _refusals.Add(1, new KeyValuePair<string, object?>("code", code));

    public void Batch(int events, TimeSpan age)
    {
        _batchEvents.Record(events);
        _batchAge.Record(age.TotalSeconds);
    }

    public void Appended(TimeSpan duration) => _appendSeconds.Record(duration.TotalSeconds);

    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<long>> LagOf(IngestStatus status) =>
        status.Lag.Select(lag => new Measurement<long>(lag.Value, new KeyValuePair<string, object?>("partition", lag.Key)));

    private Histogram<T> Create<T>(string name, string unit, string description, T[] bounds)
        where T : struct =>
        _meter.CreateHistogram(name, unit, description, tags: null, new InstrumentAdvice<T> { HistogramBucketBoundaries = bounds });
}
