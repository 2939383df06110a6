using Pipeline.Storage.Erasure;
using Pipeline.Storage.Events;

namespace Pipeline.Ingest.Worker;

/// <summary>What the worker works with.</summary>
/// <param name="Kafka">Bootstrap servers.</param>
/// <param name="Worker">Names this worker in dead letters and to the brokers.</param>
/// <param name="Erased">Whom no dead letter may name.</param>
/// <param name="Random">For the jitter of retries.</param>
public sealed record IngestServices(
    string Kafka,
    string Worker,
    IEventStore Events,
    IRefusedEventStore Refused,
    IErasedMembers Erased,
    IIngestLedger Ledger,
    IngestStatus Status,
    IngestMetrics Metrics,
    TimeProvider Time,
    Random Random,
    ILogger Logger);
