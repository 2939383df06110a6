using Confluent.Kafka;
using Pipeline.Ingest.Events;
using Pipeline.Storage.Events;

namespace Pipeline.Ingest.Worker;

/// <summary>One record of a batch.</summary>
/// <param name="Start">Where its document begins in <see cref="Batch.Bson"/>.</param>
/// <param name="Length">0 where it is refused.</param>
/// <param name="Refusal">Null for a valid event.</param>
internal readonly record struct BatchEntry(
    OpenPartition Partition,
    ConsumeResult<byte[]?, byte[]?> Record,
    SourcePosition Source,
    Guid EventId,
    int Start,
    int Length,
    Refusal? Refusal);

/// <summary>Records in the order in which they were consumed, with the documents of those that are valid. Reused.</summary>
internal sealed class Batch
{
    private readonly EventValidator _validator = new();

    public BsonBuffer Bson { get; } = new(capacity: 64 << 10);
    public List<BatchEntry> Entries { get; } = [];

    /// <summary>JSON and BSON.</summary>
    public int Bytes { get; private set; }

    /// <summary>Validates a record and takes it in, whatever becomes of it.</summary>
    public void Add(ConsumeResult<byte[]?, byte[]?> record, OpenPartition partition, DateTimeOffset now)
    {
        var json = record.Message.Value ?? [];
        var source = new SourcePosition(record.Topic, record.Partition.Value, record.Offset.Value, partition.Epoch);
        var start = Bson.Length;
        var refusal = _validator.Validate(json, source, now, Bson, out var eventId);
        var length = Bson.Length - start;
        Entries.Add(new BatchEntry(partition, record, source, eventId, start, length, refusal));
        Bytes += json.Length + length;
    }

    public EventDocument Document(in BatchEntry entry) => new(entry.EventId, entry.Source, Bson.Slice(entry.Start, entry.Length));

    public void Clear()
    {
        Bson.Truncate(0);
        Entries.Clear();
        Bytes = 0;
    }
}
