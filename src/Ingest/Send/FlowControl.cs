using Confluent.Kafka;

namespace Pipeline.Ingest.Send;

/// <summary>
/// Keeps what the consumer group has not read below a limit per partition. A broker with little room drops the oldest events without a
/// word, read or not; the local stand-in for Kafka keeps 5 MiB.
/// </summary>
internal sealed class FlowControl : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BetweenAsks = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan BetweenRemarks = TimeSpan.FromSeconds(15);

    private readonly long _limit;
    private readonly TimeProvider _time;
    private readonly IConsumer<Ignore, Ignore> _group;
    private readonly List<TopicPartition> _partitions;
    private readonly UnreadBytes[] _unread;

    /// <param name="limit">Bytes per partition; 0 for none.</param>
    /// <exception cref="KafkaException">The brokers do not answer.</exception>
    public FlowControl(string kafka, int partitions, long limit, TimeProvider time)
    {
        (_limit, _time) = (limit, time);
        // Asks where the group stands without being one of it.
        var config = new ConsumerConfig { BootstrapServers = kafka, GroupId = IngestSettings.Group, EnableAutoCommit = false };
        _group = new ConsumerBuilder<Ignore, Ignore>(config)
            .SetLogHandler((_, _) => { })
            .SetErrorHandler((_, _) => { })
            .Build();
        _partitions = [.. Enumerable.Range(0, partitions).Select(partition => new TopicPartition(IngestSettings.Topic, partition))];
        _unread = new UnreadBytes[partitions];
        foreach (var committed in _group.Committed(_partitions, Patience))
        {
            var watermarks = _group.QueryWatermarkOffsets(committed.TopicPartition, Patience);
            var read = Math.Max(committed.Offset.Value, watermarks.Low.Value);
            _unread[committed.Partition.Value] = new UnreadBytes(read, watermarks.High.Value);
        }
    }

    public void Give(int partition, int bytes) => _unread[partition].Give(bytes);

    public void Acknowledge(int partition, int bytes, long? offset) => _unread[partition].Acknowledge(bytes, offset);

    /// <summary>Waits until a partition has room.</summary>
    /// <param name="remark">Told what is waited for when it takes long.</param>
    public async ValueTask WaitAsync(int partition, Action<string> remark, CancellationToken cancellationToken)
    {
        if (_limit == 0 || _unread[partition].Count < _limit)
            return;
        var remarked = _time.GetTimestamp();
        while (true)
        {
            Ask();
            if (_unread[partition].Count < _limit)
                return;
            if (_time.GetElapsedTime(remarked) > BetweenRemarks)
            {
                remark($"waiting for the consumer group {IngestSettings.Group}: {_unread[partition].Count:N0} bytes of partition {partition} "
                    + "are unread. Is a worker running?");
                remarked = _time.GetTimestamp();
            }

            await Task.Delay(BetweenAsks, _time, cancellationToken);
        }
    }

    public void Dispose() => _group.Dispose();

    private void Ask()
    {
        try
        {
            foreach (var committed in _group.Committed(_partitions, Patience).Where(committed => committed.Offset.Value >= 0))
                _unread[committed.Partition.Value].Commit(committed.Offset.Value);
        }
        catch (KafkaException)
        {
            // The brokers are away; the next ask may find them, and until then nothing more is sent.
        }
    }
}
