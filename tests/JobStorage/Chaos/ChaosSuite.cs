using System.Diagnostics;
using Hangfire;
using Hangfire.States;
using Pipeline.JobStorage.Tests.Servers;

namespace Pipeline.JobStorage.Tests.Chaos;

/// <summary>Real worker processes on a real server, and what can happen to them.</summary>
[Trait("speed", "server")]
public abstract partial class ChaosSuite(Flavour flavour, ITestOutputHelper output) : IAsyncLifetime
{
    private string _address = null!;
    private Ledger _ledger = null!;
    private MySqlJobStorage _storage = null!;
    private BackgroundJobClient _client = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _address = await Databases.CreateAsync(flavour);
        _ledger = new Ledger(_address);
        await _ledger.CreateAsync();
        _storage = new MySqlJobStorage(_address);
        _storage.Migrate();
        _client = new BackgroundJobClient(_storage);
    }

    public ValueTask DisposeAsync()
    {
        _storage?.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Twenty_workers_of_two_processes_execute_every_job_once()
    {
        var queued = Stopwatch.StartNew();
        Queue(Scale.Jobs, milliseconds: 0);
        output.WriteLine($"{Scale.Jobs} jobs queued in {queued.Elapsed.TotalSeconds:F1} s");
        var drained = Stopwatch.StartNew();
        await using var one = WorkerProcess.Start(Order("one"));
        await using var two = WorkerProcess.Start(Order("two"));
        await UntilAsync(async () => await _ledger.EffectsAsync() == Scale.Jobs && Unfinished() == 0);
        output.WriteLine($"drained in {drained.Elapsed.TotalSeconds:F1} s");

        Assert.Equal(Scale.Jobs, await _ledger.ExecutionsAsync());
        Assert.Equal(Scale.Jobs, _storage.GetMonitoringApi().GetStatistics().Succeeded);
        Assert.Equal(0, await _ledger.CountAsync("SELECT COUNT(*) FROM hangfire_queue_entry"));
        await one.StopAsync(Cancelled);
        await two.StopAsync(Cancelled);
        // Who leaves in order leaves nothing behind.
        Assert.Equal(0, await _ledger.CountAsync("SELECT COUNT(*) FROM hangfire_lock_holder"));
        Assert.Equal(0, await _ledger.CountAsync("SELECT COUNT(*) FROM hangfire_server"));
    }

    [Fact]
    public async Task Jobs_survive_workers_that_are_killed_again_and_again()
    {
        int jobs = Scale.Jobs / 2;
        Queue(jobs, milliseconds: 20);
        var random = new Random(1);
        var workers = new List<WorkerProcess> { WorkerProcess.Start(Order("h0", lease: 2)), WorkerProcess.Start(Order("h1", lease: 2)) };
        int kills = 0;
        try
        {
            await Task.WhenAll(workers.Select(worker => worker.ReadyAsync(Cancelled)));
            await UntilAsync(async () =>
            {
                if (await _ledger.EffectsAsync() == jobs && Unfinished() == 0)
                    return true;
                await Task.Delay(random.Next(500, 2_500), Cancelled);
                int victim = random.Next(workers.Count);
                await workers[victim].KillAsync();
                workers[victim] = WorkerProcess.Start(Order($"h{2 + kills++}", lease: 2));
                await workers[victim].ReadyAsync(Cancelled);
                return false;
            });
        }
        finally
        {
            foreach (var worker in workers)
                await worker.DisposeAsync();
        }
        output.WriteLine($"{jobs} jobs, {kills} kills, {await _ledger.ExecutionsAsync() - jobs} executions repeated");
        Assert.Equal(jobs, await _ledger.ExecutedAsync());
        Assert.Equal(jobs, await _ledger.EffectsAsync());
        Assert.Equal(jobs, await _ledger.CountAsync("SELECT COUNT(DISTINCT job) FROM effects"));
        // No two executions of a job have the same token.
        Assert.Equal(await _ledger.ExecutionsAsync(), await _ledger.CountAsync("SELECT COUNT(DISTINCT job, token) FROM executions"));
        Assert.Equal(jobs, _storage.GetMonitoringApi().GetStatistics().Succeeded);
    }

    [Fact]
    public async Task A_worker_that_slept_through_its_lease_cannot_complete_its_job()
    {
        await using var zombie = WorkerProcess.Start(Order("zombie", workers: 1, lease: 5));
        await zombie.ReadyAsync(Cancelled);
        string id = _client.Create(() => ChaosJobs.Deaf(1, null!), new EnqueuedState());
        await UntilAsync(async () => await _ledger.ExecutionsAsync() == 1);
        await zombie.SignalAsync("STOP");
        await using var heir = WorkerProcess.Start(Order("heir", workers: 1, lease: 5));
        await UntilAsync(async () => await _ledger.ExecutionsAsync() == 2);

        // It goes on where it stopped, before the heir has had the effect: only its token tells the two apart.
        await zombie.SignalAsync("CONT");
        await _ledger.ReleaseAsync(1, "zombie");
        await UntilAsync(async () => await _ledger.CountAsync("SELECT COUNT(*) FROM refusals WHERE host = 'zombie'") == 1);
        Assert.Equal(0, await _ledger.EffectsAsync());
        // It has nothing to say at its end either; then it works as before.
        string next = _client.Create(() => ChaosJobs.Deaf(2, 0, null!), new EnqueuedState());
        await UntilAsync(() => Task.FromResult(State(next) == SucceededState.StateName));
        Assert.Equal(ProcessingState.StateName, State(id));
        await _ledger.ReleaseAsync(1, "heir");
        await UntilAsync(() => Task.FromResult(State(id) == SucceededState.StateName));

        using var connection = _storage.GetConnection();
        Assert.Equal("\"heir\"", connection.GetStateData(id).Data["Result"]);
        Assert.Equal("\"zombie\"", connection.GetStateData(next).Data["Result"]);
        Assert.Equal(2, await _ledger.EffectsAsync());
        Assert.Equal(1, await _ledger.CountAsync("SELECT COUNT(*) FROM effects WHERE job = 1 AND host = 'heir'"));
        Assert.Single(_storage.GetMonitoringApi().JobDetails(id).History, entry => entry.StateName == SucceededState.StateName);
        Assert.Equal(2, _storage.GetMonitoringApi().GetStatistics().Succeeded);
    }

    [Fact]
    public async Task A_worker_that_lost_its_job_is_told()
    {
        await using var loser = WorkerProcess.Start(Order("loser", workers: 1, lease: 5));
        await loser.ReadyAsync(Cancelled);
        string id = _client.Create(() => ChaosJobs.UntilCancelled(1, null!, CancellationToken.None), new EnqueuedState());
        await UntilAsync(async () => await _ledger.ExecutionsAsync() == 1);
        await loser.SignalAsync("STOP");
        await using var heir = WorkerProcess.Start(Order("heir", workers: 1, lease: 5));
        await UntilAsync(async () => await _ledger.ExecutionsAsync() == 2);
        await loser.SignalAsync("CONT");

        // Its token is cancelled; the heir's goes on.
        await UntilAsync(async () => await _ledger.CountAsync("SELECT COUNT(*) FROM told") == 1);
        Assert.Equal(1, await _ledger.CountAsync("SELECT COUNT(*) FROM told WHERE host = 'loser'"));
        Assert.Equal(ProcessingState.StateName, State(id));
    }

    [Fact]
    public async Task A_job_much_longer_than_its_lease_is_not_started_twice()
    {
        // Shorter, a machine that stands still for a moment would lose it rightly.
        const int Lease = 5;
        await using var one = WorkerProcess.Start(Order("one", lease: Lease));
        await using var two = WorkerProcess.Start(Order("two", lease: Lease));
        string id = _client.Create(() => ChaosJobs.Deaf(1, Lease * 1_000 * Scale.Leases, null!), new EnqueuedState());
        await UntilAsync(() => Task.FromResult(State(id) == SucceededState.StateName));
        Assert.Equal(1, await _ledger.ExecutionsAsync());
    }

    private WorkerOrder Order(string host, int workers = 10, int lease = 60, string? through = null) =>
        new(through ?? _address, _address, host) { Workers = workers, Lease = TimeSpan.FromSeconds(lease) };

    private void Queue(int count, int milliseconds) =>
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = 8 }, number =>
            _client.Create(() => ChaosJobs.Work(number, milliseconds, null!, CancellationToken.None), new EnqueuedState()));

    private string? State(string id)
    {
        using var connection = _storage.GetConnection();
        return connection.GetJobData(id)?.State;
    }

    /// <summary>Jobs that are on their way.</summary>
    private long Unfinished()
    {
        var statistics = _storage.GetMonitoringApi().GetStatistics();
        return statistics.Enqueued + statistics.Processing + statistics.Scheduled + statistics.Failed;
    }

    private async Task UntilAsync(Func<Task<bool>> holds)
    {
        var patience = Stopwatch.StartNew();
        for (var asked = patience.Elapsed; !await holds(); asked = patience.Elapsed)
        {
            if (patience.Elapsed > Scale.Patience)
                Assert.Fail($"not after {patience.Elapsed}: {await _ledger.ExecutionsAsync()} executions, {await _ledger.EffectsAsync()} effects, {Unfinished()} unfinished");
            // Counting a hundred thousand rows takes its time, and is not what is tested.
            await Task.Delay(Math.Min(100 + (20 * (int)(patience.Elapsed - asked).TotalMilliseconds), 2_000), Cancelled);
        }
    }
}

public sealed class ChaosOnMySql(ITestOutputHelper output) : ChaosSuite(Flavour.MySql, output);

public sealed class ChaosOnMariaDb(ITestOutputHelper output) : ChaosSuite(Flavour.MariaDb, output);
