using Pipeline.Ingest.Worker;
using Pipeline.Services.Kafka;
using Pipeline.Storage.Erasure;
using Pipeline.Storage.Events;

namespace Pipeline.Ingest.Tests.Worker;

/// <summary>A Kafka cluster of the test's own, stores in memory, and workers in this process.</summary>
internal sealed class InProcessWorkers : IAsyncDisposable
{
    private readonly List<Running> _running = [];
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    /// <param name="before">Whose stores these workers go on with; null for empty ones.</param>
    public InProcessWorkers(KafkaStandIn kafka, InProcessWorkers? before = null)
    {
        Kafka = kafka;
        Topics = new KafkaTopics(kafka.Bootstrap);
        Memory = before?.Memory ?? new InMemoryEventStore();
        Refused = before?.Refused ?? new InMemoryRefusedEvents();
        Ledger = before?.Ledger ?? new InMemoryIngestLedger();
        Events = new FaultyEventStore(Memory);
    }

    public KafkaStandIn Kafka { get; }
    public KafkaTopics Topics { get; }
    public InMemoryEventStore Memory { get; }

    /// <summary>What the workers append to: <see cref="Memory"/> behind faults.</summary>
    public FaultyEventStore Events { get; }
    public InMemoryRefusedEvents Refused { get; }

    /// <summary>Whose events the workers that are started from now on must not keep.</summary>
    public IErasedMembers Erased { get; set; } = NobodyErased.Instance;
    public InMemoryIngestLedger Ledger { get; }

    public IngestSettings Settings { get; } = new()
    {
        BatchEvents = 500,
        BatchAge = TimeSpan.FromMilliseconds(50),
        SessionTimeout = TimeSpan.FromMilliseconds(1_500),
        Drain = TimeSpan.FromSeconds(5),
    };

    public static async Task<InProcessWorkers> StartAsync() =>
        new(await KafkaStandIn.StartAsync(KafkaStandInOptions.Default, TestContext.Current.CancellationToken));

    public Running Start()
    {
        var name = $"worker-{_running.Count}";
        var status = new IngestStatus(TimeProvider.System, new TestOutputLogger<IngestStatus>(name));
        var services = new IngestServices(Kafka.Bootstrap, name, new ErasureGuard(Events, Erased), new RefusedEventGuard(Refused, Erased), Erased, Ledger, status,
            new IngestMetrics(status), TimeProvider.System, new Random(_running.Count), new TestOutputLogger<IngestWorker>(name));
        var running = new Running(Settings, services);
        _running.Add(running);
        return running;
    }

    public async Task<LedgerCounts> CountsAsync() =>
        (await Ledger.ReadAsync(_cancelled)).Aggregate(default(LedgerCounts), (sum, entry) => sum + entry.Counts);

    /// <summary>Waits until the group has committed so many records.</summary>
    public Task CommittedAsync(long records) => Eventually.TrueAsync(() => Topics.Committed() == records, $"{records} committed");

    public Task CountedAsync(long records) =>
        Eventually.TrueAsync(async () => (await CountsAsync()).Total >= records, $"{records} counted");

    /// <summary>Nothing lost, nothing counted twice.</summary>
    /// <param name="again">Records that brokers took twice.</param>
    public async Task AssertExactAsync(EventLines lines, long again = 0)
    {
        var counts = await CountsAsync();
        Assert.Equal(lines.Stored, counts.Stored);
        Assert.InRange(counts.Refused, lines.Refused, lines.Refused + again);
        Assert.Equal(lines.Lines.Count + again, counts.Total);
        Assert.Equal(lines.Stored, await Memory.CountAsync(DateTimeOffset.MinValue, DateTimeOffset.MaxValue, _cancelled));
        Assert.Equal(counts.Refused, Refused.Kept.Count);
        var letters = Topics.DeadLetters().Select(KafkaTopics.SourceOf).ToHashSet();
        Assert.Equal(Refused.Kept.Select(refused => refused.Source.ToString()).Order(), letters.Order());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var running in _running)
            await running.DisposeAsync();
        await Kafka.DisposeAsync();
    }

    internal sealed class Running : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly IngestWorker _worker;
        private readonly Task<bool> _run;

        public Running(IngestSettings settings, IngestServices services)
        {
            Status = services.Status;
            _worker = new IngestWorker(settings, services);
            _run = _worker.RunAsync(_stop.Token);
        }

        public IngestStatus Status { get; }

        /// <returns>Whether the worker stopped with nothing left to repeat.</returns>
        public async Task<bool> StopAsync()
        {
            await _stop.CancelAsync();
            return await _run;
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await ((Task)_run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _worker.Dispose();
            _stop.Dispose();
        }
    }
}
