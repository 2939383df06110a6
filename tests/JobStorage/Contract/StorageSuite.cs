using Hangfire.Server;
using Hangfire.Storage;

namespace Pipeline.JobStorage.Tests.Contract;

/// <summary>What Hangfire expects of a job storage. Runs against its authors' own and ours: what theirs answers, ours answers.</summary>
[Trait("speed", "server")]
public abstract partial class StorageSuite(IStores stores) : IAsyncLifetime
{
    private readonly List<IDisposable> _open = [];

    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    protected Hangfire.JobStorage Storage { get; private set; } = null!;

    private JobStorageConnection Connection { get; set; } = null!;

    private JobStorageMonitor Monitor => (JobStorageMonitor)Storage.GetMonitoringApi();

    public async ValueTask InitializeAsync()
    {
        Storage = await stores.EmptyAsync();
        Connection = Open();
    }

    public ValueTask DisposeAsync()
    {
        foreach (var one in _open)
            one.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public void Every_feature_of_Hangfire_1_8_is_there()
    {
        string[] features =
        [
            JobStorageFeatures.ExtendedApi, JobStorageFeatures.JobQueueProperty,
            JobStorageFeatures.Connection.GetUtcDateTime, JobStorageFeatures.Connection.GetSetContains,
            JobStorageFeatures.Connection.LimitedGetSetCount, JobStorageFeatures.Connection.BatchedGetFirstByLowest,
            JobStorageFeatures.Transaction.AcquireDistributedLock, JobStorageFeatures.Transaction.CreateJob, JobStorageFeatures.Transaction.SetJobParameter,
            JobStorageFeatures.Monitoring.DeletedStateGraphs, JobStorageFeatures.Monitoring.AwaitingJobs,
        ];
        Assert.All(features, feature => Assert.True(Storage.HasFeature(feature), feature));
        Assert.False(Storage.HasFeature("Storage.NoSuchThing"));
        Assert.Throws<ArgumentNullException>(() => Storage.HasFeature(null));
        Assert.True(Storage.LinearizableReads);
    }

    [Fact]
    public void Acknowledging_in_a_transaction_is_a_feature_of_the_fetched_jobs_type()
    {
        Enqueue(NewJob());
        using var fetched = Fetch();
        Assert.True(Storage.HasFeature(JobStorageFeatures.Transaction.RemoveFromQueue(fetched.GetType())) || fetched.GetType().IsGenericType);
        fetched.RemoveFromQueue();
    }

    [Fact]
    public void Time_is_one_clock_that_goes_on()
    {
        var first = Connection.GetUtcDateTime();
        var second = Connection.GetUtcDateTime();
        Assert.InRange(second, first, first.AddMinutes(1));
    }

    [Fact]
    public void A_server_is_there_from_its_announcement_to_its_removal()
    {
        Connection.AnnounceServer("one", new ServerContext { Queues = ["critical", "default"], WorkerCount = 7 });
        Connection.AnnounceServer("two", new ServerContext { Queues = ["default"], WorkerCount = 1 });
        Connection.Heartbeat("one");

        var servers = Monitor.Servers();
        Assert.Equal(["one", "two"], servers.Select(server => server.Name));
        Assert.Equal(["critical", "default"], servers[0].Queues);
        Assert.Equal(7, servers[0].WorkersCount);
        Assert.NotNull(servers[0].Heartbeat);
        Assert.Equal(2, Monitor.GetStatistics().Servers);

        Connection.RemoveServer("one");
        Assert.Equal(["two"], Monitor.Servers().Select(server => server.Name));
        Assert.Throws<BackgroundServerGoneException>(() => Connection.Heartbeat("one"));
    }

    [Fact]
    public async Task A_silent_server_is_removed()
    {
        Connection.AnnounceServer("silent", new ServerContext { Queues = [], WorkerCount = 1 });
        Assert.Equal(0, Connection.RemoveTimedOutServers(TimeSpan.FromMinutes(5)));
        await Task.Delay(50, Cancelled);
        Assert.Equal(1, Connection.RemoveTimedOutServers(TimeSpan.FromMilliseconds(1)));
        Assert.Empty(Monitor.Servers());
        Assert.Throws<ArgumentException>(() => Connection.RemoveTimedOutServers(TimeSpan.Zero));
    }

    private JobStorageConnection Open()
    {
        var connection = (JobStorageConnection)Storage.GetConnection();
        _open.Add(connection);
        return connection;
    }

    private void Write(Action<JobStorageTransaction> writes)
    {
        using var transaction = (JobStorageTransaction)Connection.CreateWriteTransaction();
        writes(transaction);
        transaction.Commit();
    }

    private string NewJob(string argument = "x") =>
        Connection.CreateExpiredJob(Work.Job(argument), new Dictionary<string, string>(), Connection.GetUtcDateTime(), TimeSpan.FromHours(1));

    private void Enqueue(string id, string queue = "default") => Write(transaction => transaction.AddToQueue(queue, id));

    private IFetchedJob Fetch(params string[] queues)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return Connection.FetchNextJob(queues.Length == 0 ? ["default"] : queues, patience.Token);
    }
}

public sealed class InMemorySuite(InMemoryStores stores) : StorageSuite(stores), IClassFixture<InMemoryStores>;

public sealed class MySqlSuite(MySqlStores stores) : StorageSuite(stores), IClassFixture<MySqlStores>;

public sealed class MariaDbSuite(MariaDbStores stores) : StorageSuite(stores), IClassFixture<MariaDbStores>;
