using System.Text;
using Confluent.Kafka;
using Pipeline.Ingest.Send;

namespace Pipeline.Ingest.Tests.Worker;

/// <summary>The pipeline's two topics as tests see them: what is produced, and what came out as dead letters.</summary>
internal sealed class KafkaTopics(string kafka)
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Sends lines as <c>send</c> does, without waiting for readers.</summary>
    public async Task SendAsync(IEnumerable<string> lines, CancellationToken cancellationToken)
    {
        using var sender = new EventSender(kafka, unreadLimit: 0, TimeProvider.System);
        foreach (var line in lines)
            await sender.SendAsync(Encoding.UTF8.GetBytes(line), _ => { }, cancellationToken);
        sender.Flush(cancellationToken);
        Assert.Equal(0, sender.Failed);
    }

    /// <summary>Sends one record as it is.</summary>
    public async Task SendAsync(string key, string value, CancellationToken cancellationToken)
    {
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = kafka, Acks = Acks.All }).Build();
        await producer.ProduceAsync(
            IngestSettings.Topic, new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(key), Value = Encoding.UTF8.GetBytes(value) }, cancellationToken);
    }

    /// <summary>Events that the brokers hold.</summary>
    public long Taken()
    {
        using var reader = Consumer("watermark-reader");
        return Enumerable.Range(0, 12).Sum(partition => reader.QueryWatermarkOffsets(new TopicPartition(IngestSettings.Topic, partition), Patience).High.Value);
    }

    /// <summary>Where the group stands, summed over the partitions; 0 where it has committed nothing.</summary>
    public long Committed()
    {
        var partitions = Enumerable.Range(0, 12).Select(partition => new TopicPartition(IngestSettings.Topic, partition)).ToList();
        for (var attempts = 5; ; attempts--)
        {
            using var group = Consumer(IngestSettings.Group);
            try
            {
                return group.Committed(partitions, Patience).Sum(committed => Math.Max(0, committed.Offset.Value));
            }
            catch (KafkaException e) when (e.Error.Code == ErrorCode.Local_TimedOut && attempts > 0)
            {
                // A client that missed its coordinator's answer does not ask again: another one does.
            }
        }
    }

    public List<ConsumeResult<byte[]?, byte[]?>> DeadLetters()
    {
        using var reader = Consumer("dead-letter-reader");
        var partitions = Enumerable.Range(0, 3).Select(partition => new TopicPartition(IngestSettings.DeadLetterTopic, partition)).ToList();
        var left = partitions.Sum(partition => reader.QueryWatermarkOffsets(partition, Patience).High.Value);
        reader.Assign(partitions.Select(partition => new TopicPartitionOffset(partition, Offset.Beginning)));
        var letters = new List<ConsumeResult<byte[]?, byte[]?>>();
        for (; left > 0; left--)
            letters.Add(reader.Consume(Patience) ?? throw new TimeoutException("dead letters do not come"));
        return letters;
    }

    public static string Header(ConsumeResult<byte[]?, byte[]?> letter, string name) =>
        Encoding.UTF8.GetString(letter.Message.Headers.GetLastBytes(name));

    /// <summary>topic/partition/offset of the refused record.</summary>
    public static string SourceOf(ConsumeResult<byte[]?, byte[]?> letter) =>
        $"{Header(letter, "x-dlt-topic")}/{Header(letter, "x-dlt-partition")}/{Header(letter, "x-dlt-offset")}";

    private IConsumer<byte[]?, byte[]?> Consumer(string group) => new ConsumerBuilder<byte[]?, byte[]?>(new ConsumerConfig
    {
        BootstrapServers = kafka,
        GroupId = group,
        EnableAutoCommit = false,
    }).SetLogHandler((_, _) => { }).Build();
}
