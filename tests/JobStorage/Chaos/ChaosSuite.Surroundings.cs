using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using Hangfire.Storage;

namespace Pipeline.JobStorage.Tests.Chaos;

/// <content>The network, clocks and crowds.</content>
public abstract partial class ChaosSuite
{
    [Fact]
    public async Task Connections_that_are_cut_at_random_points_lose_nothing()
    {
        int jobs = Scale.Jobs / 3;
        Queue(jobs, milliseconds: 5);
        await using var proxy = new FaultProxy(_address, seed: 1);
        await using var one = WorkerProcess.Start(Order("one", lease: 3, through: proxy.Address));
        await using var two = WorkerProcess.Start(Order("two", lease: 3, through: proxy.Address));
        await UntilAsync(async () =>
        {
            bool most = await _ledger.EffectsAsync() >= jobs * 9 / 10;
            if (most)
                proxy.Calm();
            return await _ledger.EffectsAsync() == jobs && Unfinished() == 0;
        });
        output.WriteLine($"{jobs} jobs, {proxy.Cuts} cuts, {await _ledger.ExecutionsAsync() - jobs} executions repeated");
        Assert.True(proxy.Cuts > 0);
        Assert.Equal(jobs, await _ledger.ExecutedAsync());
        Assert.Equal(jobs, await _ledger.EffectsAsync());
    }

    [Fact]
    public async Task A_job_that_outlives_an_outage_longer_than_its_lease_is_not_started_twice()
    {
        await using var gate = new Servers.Gate(_address);
        await using var holder = WorkerProcess.Start(Order("holder", workers: 1, lease: 5, through: gate.Address));
        await holder.ReadyAsync(Cancelled);
        string id = _client.Create(() => ChaosJobs.Deaf(1, null!), new EnqueuedState());
        await UntilAsync(async () => await _ledger.ExecutionsAsync() == 1);
        await using var idle = WorkerProcess.Start(Order("idle", lease: 5, through: gate.Address));
        await idle.ReadyAsync(Cancelled);

        gate.Shut();
        await UntilAsync(async () => await _ledger.CountAsync("SELECT COUNT(*) FROM hangfire_queue_entry WHERE available_at < UTC_TIMESTAMP(6) - INTERVAL 1 SECOND") == 1);
        // One more, that knows nothing of the outage.
        await using var late = WorkerProcess.Start(Order("late", lease: 5, through: gate.Address));
        await late.ReadyAsync(Cancelled);
        gate.Open();
        await UntilAsync(async () => await _ledger.CountAsync("SELECT COUNT(*) FROM hangfire_queue_entry WHERE available_at > UTC_TIMESTAMP(6)") == 1);
        await _ledger.ReleaseAsync(1, "holder");
        await _ledger.ReleaseAsync(1, "idle");
        await _ledger.ReleaseAsync(1, "late");
        await UntilAsync(() => Task.FromResult(State(id) == SucceededState.StateName));
        Assert.Equal(1, await _ledger.ExecutionsAsync());
    }

    [Fact]
    public async Task Servers_that_start_at_once_on_an_empty_database_make_its_tables_once()
    {
        string address = await Servers.Databases.CreateAsync(flavour);
        var starting = Enumerable.Range(0, Scale.Starts).Select(_ => StartingProcess.Launch(address)).ToArray();
        try
        {
            await Task.WhenAll(starting.Select(process => process.ReadyAsync(Cancelled)));
            int[] applied = await Task.WhenAll(starting.Select(process => process.GoAsync(Cancelled)));
            output.WriteLine($"{applied.Length} processes, {applied.Max()} steps");
            Assert.Single(applied, steps => steps > 0);
        }
        finally
        {
            foreach (var process in starting)
                await process.DisposeAsync();
        }
        Assert.Equal(Scale.Starts, await Servers.Databases.ScalarAsync<long>(address, "SELECT COUNT(*) FROM hangfire_server"));
    }

    [Fact]
    public async Task Two_hosts_execute_every_time_of_a_recurring_job_once_whatever_their_clocks_say()
    {
        Assert.SkipUnless(WorkerProcess.FakeTime is not null, "faketime is not installed: apt-get install faketime");
        var often = TimeSpan.FromMilliseconds(250);
        await using var early = WorkerProcess.Start(Order("early", workers: 2) with { Schedule = often, Clock = "-5m" });
        await using var late = WorkerProcess.Start(Order("late", workers: 2) with { Schedule = often, Clock = "+5m" });
        await early.ReadyAsync(Cancelled);
        await late.ReadyAsync(Cancelled);
        new RecurringJobManager(_storage).AddOrUpdate("tick", Job.FromExpression(() => ChaosJobs.Deaf(0, 0, null!)), "0 0 1 1 *", new RecurringJobOptions());
        for (int tick = 0; tick < Scale.Ticks; tick++)
        {
            MakeDue("tick");
            int expected = tick + 1;
            await UntilAsync(async () => await _ledger.ExecutionsAsync() >= expected);
        }
        // Both look again and again after the last one.
        await Task.Delay(1_000, Cancelled);
        Assert.Equal(Scale.Ticks, await _ledger.ExecutionsAsync());
        Assert.Equal(Scale.Ticks, await _ledger.CountAsync("SELECT COUNT(*) FROM hangfire_job"));
        // Their clocks were off, by minutes, each time.
        Assert.Equal(0, await _ledger.CountAsync("SELECT COUNT(*) FROM executions WHERE ABS(TIMESTAMPDIFF(SECOND, at, clock)) < 240"));
        output.WriteLine($"{Scale.Ticks} ticks, by {await _ledger.HostsAsync()} of 2 hosts");
        // Which of the two was the first to look is chance; that both looked is not.
        Assert.Equal(2, _storage.GetMonitoringApi().Servers().Count);
    }

    /// <summary>Lets the job's time come now: its last was so long ago that the next has passed.</summary>
    private void MakeDue(string recurring)
    {
        using var connection = (JobStorageConnection)_storage.GetConnection();
        var past = connection.GetUtcDateTime().AddYears(-1).AddDays(-2);
        using (connection.AcquireDistributedLock($"lock:recurring-job:{recurring}", TimeSpan.FromMinutes(1)))
        {
            using var transaction = connection.CreateWriteTransaction();
            transaction.SetRangeInHash($"recurring-job:{recurring}", new Dictionary<string, string> { ["LastExecution"] = JobHelper.SerializeDateTime(past) });
            transaction.AddToSet("recurring-jobs", recurring, JobHelper.ToTimestamp(past));
            transaction.Commit();
        }
    }
}
