using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace Pipeline.Services.Kafka;

/// <param name="Brokers">1 or more; ids start at 1.</param>
/// <param name="Topics">Made at start.</param>
/// <param name="InitialRebalanceDelay">How long a new group waits for more members. A broker's own default is 3 s.</param>
/// <param name="ControlToken">What a client of the control channel must know; null opens no channel.</param>
public sealed record KafkaStandInOptions(
    int Brokers,
    IReadOnlyList<KafkaTopic> Topics,
    TimeSpan InitialRebalanceDelay,
    string? ControlToken)
{
    /// <summary>The pipeline's topics on three brokers.</summary>
    public static KafkaStandInOptions Default { get; } = new(
        Brokers: 3,
        [new("watch-events", Partitions: 12), new("watch-events.dead-letter", Partitions: 3)],
        InitialRebalanceDelay: TimeSpan.FromMilliseconds(100),
        ControlToken: null);
}

/// <param name="Partitions">1 or more; each holds 5 MiB.</param>
public readonly record struct KafkaTopic(string Name, int Partitions);

/// <summary>Kinds of request that can be made to fail, by Kafka's own API keys.</summary>
public enum KafkaApi : short
{
    Produce = 0,
    Fetch = 1,
    ListOffsets = 2,
    Metadata = 3,
    OffsetCommit = 8,
    OffsetFetch = 9,
    FindCoordinator = 10,
    JoinGroup = 11,
    Heartbeat = 12,
    LeaveGroup = 13,
    SyncGroup = 14,
    InitProducerId = 22,
}

/// <summary>
/// A Kafka cluster in this process's memory, on loopback, for machines without one: librdkafka's mock cluster, with its faults.
/// README.md beside this file has its limits; the one that bites is that a partition keeps 5 MiB and drops the oldest silently.
/// </summary>
public sealed class KafkaStandIn : IAsyncDisposable
{
    /// <summary>Stands for every broker where a fault takes a broker's id.</summary>
    public const int AllBrokers = -1;

    private readonly MockCluster _cluster;
    private readonly int _brokers;
    private KafkaControlServer? _control;

    private KafkaStandIn(MockCluster cluster, int brokers)
    {
        _cluster = cluster;
        _brokers = brokers;
        Bootstrap = Marshal.PtrToStringUTF8(Librdkafka.Bootstraps(cluster))!;
    }

    /// <summary>Addresses of all brokers, comma separated.</summary>
    public string Bootstrap { get; }

    /// <summary>Where the control channel listens, host:port; null without a token.</summary>
    public string? ControlAddress => _control?.Address;

    /// <exception cref="InvalidOperationException">The native library refuses the cluster.</exception>
    public static Task<KafkaStandIn> StartAsync(KafkaStandInOptions options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var standIn = new KafkaStandIn(MockCluster.Create(options.Brokers), options.Brokers);
        Librdkafka.SetInitialRebalanceDelay(standIn._cluster, (int)options.InitialRebalanceDelay.TotalMilliseconds);
        foreach (var topic in options.Topics)
            standIn.CreateTopic(topic.Name, topic.Partitions);
        if (options.ControlToken is { } token)
            standIn._control = KafkaControlServer.Start(standIn, token);
        return Task.FromResult(standIn);
    }

    /// <exception cref="KafkaException">There is such a topic.</exception>
    public void CreateTopic(string topic, int partitions) =>
        Check(Librdkafka.CreateTopic(_cluster, topic, partitions, Math.Min(3, _brokers)));

    /// <exception cref="KafkaException">There is no such topic.</exception>
    public void DeleteTopic(string topic) => Check(Librdkafka.DeleteTopic(_cluster, topic));

    /// <summary>Cuts the broker's connections and refuses new ones; leaders stay where they are.</summary>
    public void TakeDown(int broker) => Check(Librdkafka.SetBrokerDown(_cluster, broker));

    public void BringUp(int broker) => Check(Librdkafka.SetBrokerUp(_cluster, broker));

    /// <param name="delay">Added to every answer; zero ends it.</param>
    public void SetRoundTrip(int broker, TimeSpan delay) =>
        Check(Librdkafka.SetRoundTrip(_cluster, broker, (int)delay.TotalMilliseconds));

    /// <summary>Answers the next requests of a kind with these errors; <see cref="ErrorCode.Local_Transport"/> hangs up.</summary>
    public void Fail(KafkaApi api, params ReadOnlySpan<ErrorCode> errors) =>
        Librdkafka.PushRequestErrors(_cluster, (short)api, errors.Length, errors);

    /// <summary>Takes back what <see cref="Fail"/> has still to answer.</summary>
    public void ClearFailures(KafkaApi api) => Librdkafka.ClearRequestErrors(_cluster, (short)api);

    /// <param name="broker">−1 leaves the partition without a leader.</param>
    public void MoveLeader(string topic, int partition, int broker) =>
        Check(Librdkafka.SetLeader(_cluster, topic, partition, broker));

    public void MoveCoordinator(string group, int broker) =>
        Check(Librdkafka.SetCoordinator(_cluster, "group", group, broker));

    public async ValueTask DisposeAsync()
    {
        if (_control is not null)
            await _control.DisposeAsync();
        _cluster.Dispose();
    }

    private static void Check(ErrorCode code)
    {
        if (code != ErrorCode.NoError)
            throw new KafkaException(code);
    }
}
