using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Confluent.Kafka;

namespace Pipeline.Ingest.Worker;

/// <summary>Gathers records until a batch has enough of them, enough bytes, or its first record has waited long enough.</summary>
internal sealed class BatchBuilder(IngestSettings settings, TimeProvider time)
{
    private readonly ConcurrentBag<Batch> _spare = [];
    private Batch? _batch;
    private long _begun;

    /// <summary>Whether the batch should go now.</summary>
    public bool IsDue => _batch is not null && (IsFull(_batch) || Age >= settings.BatchAge);

    /// <summary>How long until it should go if nothing is added; null while it is empty.</summary>
    public TimeSpan? DueIn => _batch is null ? null
        : IsDue ? TimeSpan.Zero
        : settings.BatchAge - Age;

    private TimeSpan Age => time.GetElapsedTime(_begun);

    public void Add(ConsumeResult<byte[]?, byte[]?> record, OpenPartition partition)
    {
        if (_batch is null)
        {
            _batch = _spare.TryTake(out var spare) ? spare : new Batch();
            _begun = time.GetTimestamp();
        }

        _batch.Add(record, partition, time.GetUtcNow());
    }

    /// <summary>Takes what there is, and how old its first record is.</summary>
    public bool TryTake([NotNullWhen(true)] out Batch? batch, out TimeSpan age)
    {
        batch = _batch;
        age = batch is null ? default : Age;
        _batch = null;
        return batch is not null;
    }

    /// <summary>Gives a batch back that nobody reads any more. Safe from any thread.</summary>
    public void Reuse(Batch batch)
    {
        batch.Clear();
        _spare.Add(batch);
    }

    private bool IsFull(Batch batch) => batch.Entries.Count >= settings.BatchEvents || batch.Bytes >= settings.BatchBytes;
}
