using Confluent.Kafka;
using Pipeline.Storage.Events;

namespace Pipeline.Ingest.Worker;

/// <summary>
/// One assignment of one partition, from when it is given to this worker until it is taken away. A partition that comes back is a new
/// object, so that what is left over from the first assignment cannot touch the second.
/// </summary>
/// <param name="closed">Cancelled when the partition is taken away.</param>
internal sealed class OpenPartition(TopicPartition partition, CancellationTokenSource closed)
{
    private readonly Lock _lock = new();

    public TopicPartition Partition { get; } = partition;

    public bool IsClosed => closed.IsCancellationRequested;

    /// <summary>Answers where the partition stands; no record of it may go into a batch before.</summary>
    public required Task<LedgerEntry> Opening { get; init; }

    /// <summary>Where the partition stands. Set by the consuming thread once, then by whoever finishes batches, one at a time.</summary>
    public LedgerEntry Ledger { get; set; }

    /// <summary>The epoch that the partition was opened in.</summary>
    public int Epoch => Opening.Result.Epoch;

    /// <summary>The last offset that went into a batch; −1 for none. Belongs to the consuming thread.</summary>
    public long Taken { get; set; } = -1;

    /// <summary>Stores the offset to go on from, unless the partition was taken away.</summary>
    public void StoreOffset(long next, Action<TopicPartitionOffset> store)
    {
        lock (_lock)
        {
            if (!IsClosed)
                store(new TopicPartitionOffset(Partition, next));
        }
    }

    public void Close()
    {
        lock (_lock)
            closed.Cancel();
    }
}
