using Confluent.Kafka;
using Pipeline.Storage.Events;

namespace Pipeline.Ingest.Worker;

/// <summary>The partitions that this worker has now. Belongs to the consuming thread.</summary>
internal sealed class Assignment(IConsumer<byte[]?, byte[]?> consumer, IngestServices services, Weather weather)
{
    private static readonly TimeSpan WatermarkPatience = TimeSpan.FromSeconds(5);
    private readonly Dictionary<TopicPartition, OpenPartition> _open = [];

    /// <summary>Partitions whose place in the ledger is not known yet.</summary>
    private readonly List<OpenPartition> _opening = [];

    /// <summary>Asks of partitions that were taken away may still be under way: they use the consumer.</summary>
    private readonly List<Task> _asking = [];

    /// <summary>Set when a partition came or went, for whoever must pause the new ones.</summary>
    public bool HasChanged { get; set; }

    public OpenPartition? Find(TopicPartition partition) => _open.GetValueOrDefault(partition);

    public void Add(TopicPartition partition)
    {
        var closed = new CancellationTokenSource();
        var opening = Task.Run(() => OpenAsync(partition, closed.Token), CancellationToken.None);
        var open = new OpenPartition(partition, closed) { Opening = opening };
        _open[partition] = open;
        _opening.Add(open);
        _asking.RemoveAll(asking => asking.IsCompleted);
        _asking.Add(opening);
        HasChanged = true;
    }

    public void Remove(TopicPartition partition)
    {
        if (!_open.Remove(partition, out var open))
            return;
        open.Close();
        _opening.Remove(open);
        HasChanged = true;
    }

    /// <summary>Whether every partition's place in the ledger is known.</summary>
    public bool IsOpen()
    {
        for (var i = _opening.Count - 1; i >= 0; i--)
        {
            if (!_opening[i].Opening.IsCompleted)
                continue;
            _opening[i].Ledger = _opening[i].Opening.GetAwaiter().GetResult();
            _opening.RemoveAt(i);
        }

        return _opening.Count == 0;
    }

    /// <summary>Takes all partitions away and waits until nothing uses the consumer any more.</summary>
    public async Task ClearAsync()
    {
        foreach (var partition in _open.Keys.ToList())
            Remove(partition);
        await Task.WhenAll(_asking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <remarks>
    /// The ledger is read before the partition's end: whatever another worker counts in between lies below that end, so only a topic
    /// that was created anew can end at or before what is counted.
    /// </remarks>
    private async Task<LedgerEntry> OpenAsync(TopicPartition partition, CancellationToken closed)
    {
        var entry = await weather.RetryAsync(
            IngestServer.Store, token => services.Ledger.OpenAsync(partition.Topic, partition.Partition.Value, token), closed);
        var high = await weather.RetryAsync(IngestServer.Kafka, token => AskEndAsync(partition, token), closed);
        if (high > entry.Offset)
            return entry;

        var next = await weather.RetryAsync(IngestServer.Store, token => services.Ledger.BeginEpochAsync(entry, token), closed);
        Log.EpochBegun(services.Logger, partition.ToString(), high, entry.Offset, next.Epoch);
        return next;
    }

    /// <remarks>The client has no asynchronous call for it; a dozen partitions that block at once would starve the thread pool.</remarks>
    private Task<long> AskEndAsync(TopicPartition partition, CancellationToken cancellationToken) => Task.Factory.StartNew(
        () => consumer.QueryWatermarkOffsets(partition, WatermarkPatience).High.Value,
        cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
