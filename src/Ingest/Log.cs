namespace Pipeline.Ingest;

/// <summary>Every line that the ingest room logs. Ids: 100 worker, 200 partitions, 300 servers, 400 events.</summary>
internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Information, "Ingest worker {Worker} starts: {Addresses}; {Settings}")]
    public static partial void Starting(ILogger logger, string worker, string addresses, IngestSettings settings);

    [LoggerMessage(101, LogLevel.Information, "Stopping: {Batches} batches are on their way; waiting at most {Seconds} s for them")]
    public static partial void Stopping(ILogger logger, int batches, double seconds);

    [LoggerMessage(102, LogLevel.Information, "Stopped: everything that was begun is stored and committed")]
    public static partial void StoppedClean(ILogger logger);

    [LoggerMessage(103, LogLevel.Warning, "Stopped before all that was begun was stored: it will be delivered again, and counted once")]
    public static partial void StoppedEarly(ILogger logger);

    [LoggerMessage(104, LogLevel.Critical, "The worker ends because of a fault of its own; nothing that is not stored was committed")]
    public static partial void Failed(ILogger logger, Exception exception);

    [LoggerMessage(200, LogLevel.Information, "Partitions given: {Partitions}")]
    public static partial void Assigned(ILogger logger, string partitions);

    [LoggerMessage(201, LogLevel.Information, "Partitions taken back: {Partitions}")]
    public static partial void Revoked(ILogger logger, string partitions);

    [LoggerMessage(202, LogLevel.Warning, "Partitions lost: {Partitions}; another worker may have them, so what was begun is dropped")]
    public static partial void Lost(ILogger logger, string partitions);

    [LoggerMessage(203, LogLevel.Warning, "Gave partitions back with batches still on their way: the next owner repeats them")]
    public static partial void RevokedEarly(ILogger logger);

    [LoggerMessage(204, LogLevel.Warning, "{Partition} was created anew: it ends at {High}, counted are {Counted}. Epoch {Epoch} begins")]
    public static partial void EpochBegun(ILogger logger, string partition, long high, long counted, int epoch);

    [LoggerMessage(205, LogLevel.Warning, "{Partition} went back from {Taken} to {Offset}; looking at it anew")]
    public static partial void Rewound(ILogger logger, string partition, long taken, long offset);

    [LoggerMessage(206, LogLevel.Warning, "Offsets were not committed: {Reason}")]
    public static partial void CommitFailed(ILogger logger, string reason);

    [LoggerMessage(300, LogLevel.Warning, "{Server} does not answer ({Reason}); trying again until it does")]
    public static partial void ServerDown(ILogger logger, string server, string reason);

    [LoggerMessage(301, LogLevel.Information, "{Server} answers again after {Seconds:0.0} s")]
    public static partial void ServerUp(ILogger logger, string server, double seconds);

    [LoggerMessage(302, LogLevel.Debug, "{Server}: attempt {Attempt} failed: {Reason}")]
    public static partial void AttemptFailed(ILogger logger, string server, int attempt, string reason);

    [LoggerMessage(303, LogLevel.Information, "Paused: the store is behind; still polling")]
    public static partial void Paused(ILogger logger);

    [LoggerMessage(304, LogLevel.Information, "Resumed")]
    public static partial void Resumed(ILogger logger);

    [LoggerMessage(305, LogLevel.Warning, "Kafka client: {Reason}")]
    public static partial void KafkaError(ILogger logger, string reason);

    [LoggerMessage(306, LogLevel.Warning, "Refused events could not be sent once more: {Reason}")]
    public static partial void ReplayFailed(ILogger logger, string reason);

    [LoggerMessage(400, LogLevel.Warning, "{Count} events refused in a batch, the first at {Source}: {Code}, {Detail}")]
    public static partial void Refused(ILogger logger, int count, string source, string code, string detail);
}
