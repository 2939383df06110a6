using Hangfire;
using Hangfire.Common;
using Hangfire.InMemory;
using Hangfire.Server;
using Hangfire.States;
using Hangfire.Storage;
using Microsoft.Extensions.Logging;
using MySqlConnector;
using Pipeline.JobStorage.Queues;
using Pipeline.JobStorage.Tests.Contract;
using Pipeline.JobStorage.Tests.Servers;

namespace Pipeline.JobStorage.Tests.Leases;

/// <summary>Who holds what, and what becomes of those who do not any more: step by step, in one process.</summary>
[Trait("speed", "server")]
public abstract partial class LeaseSuite(Flavour flavour) : IAsyncLifetime
{
    private readonly List<IDisposable> _open = [];
    private string _address = null!;
    private MySqlJobStorage _storage = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _address = await Databases.CreateAsync(flavour);
        // Long enough for any machine: what passes of a lease is moved, not waited for, and no beat comes but those that a test asks for.
        _storage = Storage(new MySqlJobStorageOptions { LeaseDuration = TimeSpan.FromHours(1), LockLease = TimeSpan.FromHours(1) });
        _storage.Migrate();
        await CalmAsync();
    }

    public ValueTask DisposeAsync()
    {
        foreach (var one in Enumerable.Reverse(_open))
            one.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_lost_job_is_gone_for_the_worker_that_lost_it()
    {
        var worker = Connect();
        string id = Queued(worker);
        var fetched = (MySqlFetchedJob)worker.FetchNextJob(["default"], Cancelled);
        Write(worker, transaction => transaction.SetJobState(id, Processing("worker")));
        await TakeOverAsync();

        // Before it knows, the database refuses what it writes, all of it.
        Assert.Throws<JobLeaseLostException>(() => Write(worker, transaction =>
        {
            transaction.AddToSet("effects", "of the loser");
            transaction.SetJobState(id, new SucceededState("late", 1, 1));
            transaction.RemoveFromQueue(fetched);
        }));
        Assert.True(fetched.IsLost);
        Assert.Empty(worker.GetAllItemsFromSet("effects"));
        Assert.Throws<JobLeaseLostException>(() => worker.SetJobParameter(id, "RetryCount", "1"));
        // Nothing at all comes from this worker any more, whatever it is about.
        Assert.Throws<JobLeaseLostException>(() => Write(worker, transaction => transaction.AddToSet("effects", "of the loser")));
        // Then it knows: for it there is no such job, and Hangfire lets go of it.
        Assert.Null(worker.GetJobData(id));
        fetched.RemoveFromQueue();
        fetched.Requeue();
        Assert.Equal(1, await CountAsync("SELECT COUNT(*) FROM hangfire_queue_entry WHERE owner = 'somebody else'"));

        // Others see the job as it is.
        var other = Connect();
        Assert.Equal(ProcessingState.StateName, other.GetJobData(id).State);
        Assert.Null(other.GetJobParameter(id, "RetryCount"));
    }

    [Fact]
    public async Task A_worker_that_lost_its_job_starts_none_of_the_job_s_continuations()
    {
        var worker = Connect();
        string id = Queued(worker), child = Created(worker);
        worker.FetchNextJob(["default"], Cancelled);
        await TakeOverAsync();

        // As Hangfire does it: before it touches the parent, and in transactions that say nothing of it.
        Assert.Throws<JobLeaseLostException>(() => worker.SetJobParameter(child, "AntecedentResult", "\"late\""));
        Assert.Throws<JobLeaseLostException>(() => Write(worker, transaction =>
        {
            transaction.SetJobState(child, new EnqueuedState("default"));
            transaction.AddToQueue("default", child);
        }));
        Assert.Null(Connect().GetJobData(child).State);
        Assert.Null(Connect().GetJobParameter(child, "AntecedentResult"));
        Assert.Equal(1, await CountAsync("SELECT COUNT(*) FROM hangfire_queue_entry"));
        Assert.Equal(EnqueuedState.StateName, Connect().GetJobData(id).State);
    }

    [Fact]
    public async Task What_another_made_of_a_lost_job_is_shown_whole()
    {
        var worker = Connect();
        string id = Queued(worker);
        using var fetched = worker.FetchNextJob(["default"], Cancelled);
        await TakeOverAsync();
        _storage.Parts.Keeper.Beat();
        Write(Connect(), transaction => transaction.SetJobState(id, new SucceededState("done", 1, 2)));
        Assert.Equal("\"done\"", Connect().GetStateData(id).Data["Result"]);
    }

    [Fact]
    public async Task The_heartbeat_finds_out_what_is_lost_and_hangfire_cancels_it()
    {
        var worker = Connect();
        string id = Queued(worker);
        using var fetched = (MySqlFetchedJob)worker.FetchNextJob(["default"], Cancelled);
        Write(worker, transaction => transaction.SetJobState(id, Processing("worker")));
        _storage.Parts.Keeper.Beat();
        Assert.False(fetched.IsLost);
        Assert.Equal("worker", worker.GetStateData(id).Data["WorkerId"]);

        await TakeOverAsync();
        _storage.Parts.Keeper.Beat();
        Assert.True(fetched.IsLost);
        // Hangfire's watcher compares the worker in the state with its own, and cancels the job's token where they differ.
        Assert.Equal(ProcessingState.StateName, Connect().GetStateData(id).Name);
        Assert.False(Connect().GetStateData(id).Data.ContainsKey("WorkerId"));
    }

    [Fact]
    public async Task A_heartbeat_moves_the_end_of_the_lease_and_passes_over_what_is_locked()
    {
        var worker = Connect();
        Queued(worker);
        Queued(worker);
        using var one = (MySqlFetchedJob)worker.FetchNextJob(["default"], Cancelled);
        using var two = (MySqlFetchedJob)worker.FetchNextJob(["default"], Cancelled);
        await ExecuteAsync("UPDATE hangfire_queue_entry SET available_at = UTC_TIMESTAMP(6) - INTERVAL 1 HOUR");

        await using (var connection = new MySqlConnection(_address))
        {
            await connection.OpenAsync(Cancelled);
            await using var stuck = await connection.BeginTransactionAsync(Cancelled);
            await using (var command = new MySqlCommand($"SELECT 1 FROM hangfire_queue_entry WHERE id = {one.Entry} FOR UPDATE", connection, stuck))
                await command.ExecuteScalarAsync(Cancelled);
            _storage.Parts.Keeper.Beat();
        }
        Assert.False(one.IsLost);
        Assert.False(two.IsLost);
        Assert.Equal(two.Entry, await CountAsync("SELECT id FROM hangfire_queue_entry WHERE available_at > UTC_TIMESTAMP(6)"));
        // Nobody took the other in the meantime: it is this worker's still.
        _storage.Parts.Keeper.Beat();
        Assert.Equal(2, await CountAsync("SELECT COUNT(*) FROM hangfire_queue_entry WHERE available_at > UTC_TIMESTAMP(6)"));
    }

    [Fact]
    public async Task A_job_of_a_dead_worker_comes_back_when_its_lease_runs_out()
    {
        string id = Queued(Connect());
        var dead = Storage(new MySqlJobStorageOptions { LeaseDuration = TimeSpan.FromHours(1) });
        dead.GetConnection().FetchNextJob(["default"], Cancelled);
        dead.Dispose();
        await CalmAsync();
        Assert.Equal(1, _storage.GetMonitoringApi().FetchedCount("default"));
        await ExecuteAsync(RunOut);
        using var fetched = await Task.Run(() => Connect().FetchNextJob(["default"], Cancelled), Cancelled).WaitAsync(TimeSpan.FromMinutes(1), Cancelled);
        Assert.Equal(id, fetched.JobId);
    }

    [Fact]
    public void A_worker_that_gives_up_hands_its_job_back()
    {
        string id = Queued(Connect());
        Connect().FetchNextJob(["default"], Cancelled).Dispose();
        using var again = Connect().FetchNextJob(["default"], Cancelled);
        Assert.Equal(id, again.JobId);
    }

    [Fact]
    public void Every_later_execution_of_a_job_has_a_greater_fencing_token()
    {
        var worker = Connect();
        string id = Queued(worker);
        long last = 0;
        for (int execution = 0; execution < 3; execution++)
        {
            // Handed back when it is disposed of.
            using var fetched = worker.FetchNextJob(["default"], Cancelled);
            long token = Context(worker, id).GetFencingToken();
            Assert.True(token > last, $"{token} after {last}");
            last = token;
        }
        Assert.Throws<InvalidOperationException>(() => Context(worker, Queued(Connect())).GetFencingToken());
        using var memory = new InMemoryStorage();
        Assert.Throws<InvalidOperationException>(() => Context(memory.GetConnection(), id).GetFencingToken());
    }

    [Fact]
    public async Task A_job_queued_by_the_process_itself_wakes_its_worker()
    {
        var slow = Storage(new MySqlJobStorageOptions { QueuePollInterval = TimeSpan.FromHours(1) });
        var waiting = Task.Factory.StartNew(
            () => Connect(slow).FetchNextJob(["low", "default"], Cancelled), Cancelled, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Task.Delay(300, Cancelled);
        string id = Queued(Connect(slow));
        using var fetched = await waiting.WaitAsync(TimeSpan.FromMinutes(1), Cancelled);
        Assert.Equal(id, fetched.JobId);
    }

    private static AnyState Processing(string worker) =>
        new(ProcessingState.StateName, null, new Dictionary<string, string> { ["ServerId"] = "server", ["WorkerId"] = worker });

    private static PerformContext Context(IStorageConnection connection, string id) =>
        new(null, connection, new BackgroundJob(id, Job.FromExpression(() => Work.Do("x")), DateTime.UnixEpoch), new JobCancellationToken(false));

    private static void Write(JobStorageConnection connection, Action<JobStorageTransaction> writes)
    {
        using var transaction = (JobStorageTransaction)connection.CreateWriteTransaction();
        writes(transaction);
        transaction.Commit();
    }

    private static string Created(JobStorageConnection connection) => connection.CreateExpiredJob(
        Job.FromExpression(() => Work.Do("x")), new Dictionary<string, string>(), DateTime.UnixEpoch, TimeSpan.FromHours(1));

    private static string Queued(JobStorageConnection connection)
    {
        string id = Created(connection);
        Write(connection, transaction =>
        {
            transaction.SetJobState(id, new EnqueuedState("default"));
            transaction.AddToQueue("default", id);
        });
        return id;
    }

    private MySqlJobStorage Storage(MySqlJobStorageOptions options, string? through = null, ILoggerFactory? loggers = null)
    {
        var storage = new MySqlJobStorage(through ?? _address, options, loggers);
        _open.Add(storage);
        return storage;
    }

    private JobStorageConnection Connect(MySqlJobStorage? storage = null)
    {
        var connection = (JobStorageConnection)(storage ?? _storage).GetConnection();
        _open.Add(connection);
        return connection;
    }

    /// <summary>As if somebody had been heard without a gap for long, this storage's process included.</summary>
    private async Task CalmAsync(MySqlJobStorage? storage = null)
    {
        var keeper = (storage ?? _storage).Parts.Keeper;
        keeper.Start();
        // Its first beat is its own; after that none comes for longer than any test takes.
        while (keeper.TakingOver() is not [{ Content: 1 }, ..])
            await Task.Delay(20, Cancelled);
        keeper.Beat();
        await ExecuteAsync("UPDATE hangfire_pulse SET since = since - INTERVAL 1 DAY");
    }

    /// <summary>What another worker does once the lease has run out.</summary>
    private Task TakeOverAsync() => ExecuteAsync("UPDATE hangfire_queue_entry SET owner = 'somebody else'");

    private Task ExecuteAsync(string sql) => Databases.ExecuteAsync(_address, sql);

    private Task<long> CountAsync(string sql) => Databases.ScalarAsync<long>(_address, sql);
}

public sealed class LeasesOnMySql() : LeaseSuite(Flavour.MySql);

public sealed class LeasesOnMariaDb() : LeaseSuite(Flavour.MariaDb);
