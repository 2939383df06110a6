using Confluent.Kafka;

namespace Pipeline.Ingest.Send;

/// <summary>Sending cannot go on; the message says why, for people.</summary>
public sealed class SendException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Sends lines to the topic of watch events, each once, and says how many the brokers have acknowledged.</summary>
internal sealed class EventSender : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly IProducer<byte[]?, byte[]> _producer;
    private readonly FlowControl _flow;
    private readonly int _partitions;
    private long _sent;
    private long _failed;
    private int _nextPartition;

    /// <param name="unreadLimit">Bytes per partition that the consumer group may be behind; 0 for no limit.</param>
    /// <exception cref="SendException">Kafka does not answer, or has no such topic.</exception>
    public EventSender(string kafka, long unreadLimit, TimeProvider time)
    {
        _producer = new ProducerBuilder<byte[]?, byte[]>(new ProducerConfig
        {
            BootstrapServers = kafka,
            EnableIdempotence = true,
            Acks = Acks.All,
            CompressionType = CompressionType.Lz4,
            LingerMs = 20,
            QueueBufferingMaxKbytes = 32 << 10,
            MessageMaxBytes = LongestLine + 10_000,
        }).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        try
        {
            _partitions = CountPartitions();
            _flow = new FlowControl(kafka, _partitions, unreadLimit, time);
        }
        catch (KafkaException e)
        {
            _producer.Dispose();
            throw new SendException($"Kafka at {kafka} does not answer: {e.Error.Reason}", e);
        }
        catch
        {
            _producer.Dispose();
            throw;
        }
    }

    /// <summary>Bytes of the longest line that a broker takes with its settings as they come: 1 MiB less what goes around it.</summary>
    public const int LongestLine = 1_000_000;

    /// <summary>Acknowledged by the brokers.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Not taken, for good.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Why the first of those failed.</summary>
    public string? FirstFailure { get; private set; }

    /// <summary>Gives one line to the producer, as soon as there is room.</summary>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> line, Action<string> remark, CancellationToken cancellationToken)
    {
        var key = EventKey.Of(line.Span);
        // Without a key any partition is right; in turn, so that none of them fills up.
        var partition = key is null ? _nextPartition++ % _partitions : EventKey.Partition(key, _partitions);
        await _flow.WaitAsync(partition, remark, cancellationToken);
        _flow.Give(partition, line.Length);
        var message = new Message<byte[]?, byte[]> { Key = key, Value = line.ToArray() };
        while (true)
        {
            try
            {
                _producer.Produce(new TopicPartition(IngestSettings.Topic, partition), message, OnDelivered);
                return;
            }
            catch (ProduceException<byte[]?, byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                cancellationToken.ThrowIfCancellationRequested();
                _producer.Poll(TimeSpan.FromMilliseconds(100));
            }
        }
    }

    /// <summary>Counts a line that cannot be sent.</summary>
    public void Fail(string reason)
    {
        FirstFailure ??= reason;
        Interlocked.Increment(ref _failed);
    }

    /// <summary>Waits until the brokers have answered for every line.</summary>
    public void Flush(CancellationToken cancellationToken) => _producer.Flush(cancellationToken);

    public void Dispose()
    {
        _producer.Dispose();
        _flow.Dispose();
    }

    private int CountPartitions()
    {
        using var admin = new DependentAdminClientBuilder(_producer.Handle).Build();
        var topic = admin.GetMetadata(IngestSettings.Topic, Patience).Topics.Single();
        if (topic.Error.IsError || topic.Partitions.Count == 0)
            throw new SendException($"Kafka has no topic {IngestSettings.Topic}: {topic.Error.Reason}");
        return topic.Partitions.Count;
    }

    private void OnDelivered(DeliveryReport<byte[]?, byte[]> report)
    {
        if (report.Error.IsError)
            Fail($"partition {report.Partition.Value}: {report.Error.Reason}");
        else
            Interlocked.Increment(ref _sent);
        _flow.Acknowledge(report.Partition.Value, report.Message.Value.Length, report.Error.IsError ? null : report.Offset.Value);
    }
}
