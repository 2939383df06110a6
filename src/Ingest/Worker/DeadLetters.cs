using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Pipeline.Ingest.Events;

namespace Pipeline.Ingest.Worker;

/// <summary>Sends refused records on to the dead-letter topic, key and bytes untouched.</summary>
/// <remarks>At least once; x-dlt-topic, x-dlt-partition and x-dlt-offset tell whether one has come before.</remarks>
internal sealed class DeadLetters : IDisposable
{
    private readonly IProducer<byte[]?, byte[]?> _producer;
    private readonly byte[] _worker;

    public DeadLetters(string kafka, string worker, ILogger logger)
    {
        var config = new ProducerConfig
        {
            BootstrapServers = kafka,
            ClientId = worker,
            Acks = Acks.All,
            LingerMs = 5,
            MessageTimeoutMs = 10_000,
            // A record as large as the broker takes grows by its headers here.
            MessageMaxBytes = 2_000_000,
        };
        _worker = Encoding.UTF8.GetBytes(worker);
        _producer = new ProducerBuilder<byte[]?, byte[]?>(config)
            .SetErrorHandler((_, error) => Log.KafkaError(logger, error.Reason))
            .SetLogHandler((_, _) => { })
            .Build();
    }

    /// <summary>Returns once the brokers have acknowledged all of them.</summary>
    /// <exception cref="KafkaException">They have not, for one at least: send them again.</exception>
    public Task SendAsync(
        IReadOnlyCollection<(ConsumeResult<byte[]?, byte[]?> Record, Refusal Refusal)> refused, CancellationToken cancellationToken) =>
        Task.WhenAll(refused.Select(letter => SendAsync(letter.Record, letter.Refusal, cancellationToken)));

    public void Dispose()
    {
        _producer.Flush(TimeSpan.FromSeconds(5));
        _producer.Dispose();
    }

    private async Task SendAsync(ConsumeResult<byte[]?, byte[]?> record, Refusal refusal, CancellationToken cancellationToken)
    {
        var message = new Message<byte[]?, byte[]?>
        {
            Key = record.Message.Key,
            Value = record.Message.Value,
            Headers = Headers(record, refusal.Code, refusal.Detail),
        };
        try
        {
            await _producer.ProduceAsync(IngestSettings.DeadLetterTopic, message, cancellationToken);
        }
        catch (ProduceException<byte[]?, byte[]?> e) when (e.Error.Code == ErrorCode.MsgSizeTooLarge && message.Value is not null)
        {
            // The topic takes less than its source. The bytes are in refused_events; a letter that says so is better than none.
            message.Value = null;
            message.Headers = Headers(record, refusal.Code, $"{refusal.Detail}; value left out, see refused_events");
            await _producer.ProduceAsync(IngestSettings.DeadLetterTopic, message, cancellationToken);
        }
    }

    private Headers Headers(ConsumeResult<byte[]?, byte[]?> record, string code, string detail) => new()
    {
        { "x-dlt-topic", Encoding.UTF8.GetBytes(record.Topic) },
        { "x-dlt-partition", Text(record.Partition.Value) },
        { "x-dlt-offset", Text(record.Offset.Value) },
        { "x-dlt-timestamp", Text(record.Message.Timestamp.UnixTimestampMs) },
        { "x-dlt-reason", Encoding.UTF8.GetBytes(code) },
        { "x-dlt-detail", Encoding.UTF8.GetBytes(detail) },
        { "x-dlt-worker", _worker },
    };

    private static byte[] Text(long number) => Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture));
}
