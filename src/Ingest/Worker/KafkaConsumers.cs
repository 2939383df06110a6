using Confluent.Kafka;

namespace Pipeline.Ingest.Worker;

/// <summary>How the worker's consumer is set up.</summary>
internal static class KafkaConsumers
{
    private static readonly TimeSpan LeastPollInterval = TimeSpan.FromMinutes(1);

    public static ConsumerConfig Config(string kafka, string worker, IngestSettings settings) => new()
    {
        BootstrapServers = kafka,
        ClientId = worker,
        GroupId = IngestSettings.Group,
        PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
        // The default would skip what was sent before the group's first worker came.
        AutoOffsetReset = AutoOffsetReset.Earliest,
        // Committed in the background, but only what the worker has stored as done.
        EnableAutoCommit = true,
        EnableAutoOffsetStore = false,
        AutoCommitIntervalMs = 1_000,
        SessionTimeoutMs = (int)settings.SessionTimeout.TotalMilliseconds,
        HeartbeatIntervalMs = Math.Clamp((int)settings.SessionTimeout.TotalMilliseconds / 10, 100, 3_000),
        MaxPollIntervalMs = (int)MaxPollInterval(settings).TotalMilliseconds,
        // 16 MiB fetched ahead at most, however many partitions there are.
        QueuedMinMessages = 10_000,
        QueuedMaxMessagesKbytes = 16_384,
        // With that queue full, fetching pauses for so long; the default of a second leaves the worker idle in between.
        FetchQueueBackoffMs = 10,
        CheckCrcs = true,
        // A request that a broker never answers must not hold up a worker that stops.
        SocketTimeoutMs = 15_000,
        ReconnectBackoffMaxMs = 2_000,
        StatisticsIntervalMs = 2_000,
        // Headers are not read.
        ConsumeResultFields = "timestamp,topic",
    };

    /// <summary>
    /// The longest that a worker is silent while all is well: it drains while it gives partitions away. The client waits as long for the
    /// group to take it in, so one that is forgotten there (a coordinator that stalled) asks again after this.
    /// </summary>
    private static TimeSpan MaxPollInterval(IngestSettings settings)
    {
        var longest = settings.Drain + LeastPollInterval;
        return longest > settings.SessionTimeout ? longest : settings.SessionTimeout;
    }
}
