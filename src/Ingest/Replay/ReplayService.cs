using System.Text;
using Confluent.Kafka;
using Pipeline.Ingest.Send;
using Pipeline.Storage.Events;

namespace Pipeline.Ingest.Replay;

/// <summary>
/// Sends refused events once more where somebody wishes it, as their producer would: to the source topic, bytes untouched, keyed by user.
/// They are then consumed, checked and counted like any other, so the ledger stays right, and what is still wrong is refused again.
/// </summary>
internal sealed class ReplayService(string kafka, RefusedEventDesk desk, TimeProvider time, ILogger<ReplayService> logger) : BackgroundService
{
    public const string Header = "x-replay-of";

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(3);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var producer = new ProducerBuilder<byte[]?, byte[]>(new ProducerConfig
        {
            BootstrapServers = kafka, Acks = Acks.All, MessageTimeoutMs = 10_000, MessageMaxBytes = 2_000_000,
        }).SetErrorHandler((_, error) => Log.KafkaError(logger, error.Reason)).SetLogHandler((_, _) => { }).Build();
        using var timer = new PeriodicTimer(BetweenLooks, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                while (await desk.TakeReplayAsync(time.GetUtcNow(), stoppingToken) is { } wanted)
                {
                    await producer.ProduceAsync(IngestSettings.Topic, Message(wanted), stoppingToken);
                    // Dying here, it is sent again: it counts once by its id.
                    await desk.ReplayedAsync(wanted.Id, time.GetUtcNow(), stoppingToken);
                }
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                // The loop outlives every outage: wishes stay open.
                Log.ReplayFailed(logger, error.Message);
            }
        }
    }

    private static Message<byte[]?, byte[]> Message(WantedReplay wanted) => new()
    {
        Key = EventKey.Of(wanted.Raw), Value = wanted.Raw, Headers = new Headers { { Header, Encoding.UTF8.GetBytes(wanted.Id) } },
    };
}
