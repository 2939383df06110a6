using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Hangfire.States;
using Hangfire.Storage;
using MySqlConnector;
using Pipeline.JobStorage.Queues;
using Pipeline.JobStorage.Tests.Servers;

namespace Pipeline.JobStorage.Tests.Leases;

/// <content>When, and how often, a job that a worker seems to have lost goes to another.</content>
public abstract partial class LeaseSuite
{
    private const string RunOut = "UPDATE hangfire_queue_entry SET available_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND";

    [Fact]
    public async Task Nothing_that_ran_out_while_nobody_could_be_heard_is_taken_over_before_all_had_time_to_be_heard_again()
    {
        string id = Queued(Connect());
        using var held = (MySqlFetchedJob)Connect().FetchNextJob(["default"], Cancelled);
        using var heldLock = Connect().AcquireDistributedLock("resource", TimeSpan.Zero);
        // The database was away for two hours, for everybody.
        await ExecuteAsync(RunOut);
        await ExecuteAsync("""
            UPDATE hangfire_lock_holder SET expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND;
            UPDATE hangfire_pulse SET heard_at = heard_at - INTERVAL 2 HOUR;
            """);
        var other = Storage(_storage.Options);
        NothingIsTaken(_storage);
        NothingIsTaken(other);
        // The first to be heard again is not the holder.
        other.Parts.Keeper.Beat();
        NothingIsTaken(other);
        Assert.Throws<DistributedLockTimeoutException>(() => Connect(other).AcquireDistributedLock("resource", TimeSpan.Zero));
        // New jobs are taken all the time.
        string fresh = Queued(Connect());
        using (var taken = Connect(other).FetchNextJob(["default"], Cancelled))
        {
            Assert.Equal(fresh, taken.JobId);
            taken.RemoveFromQueue();
        }

        // The holder is heard, and keeps what it has; had it died, its job would come back.
        _storage.Parts.Keeper.Beat();
        await CalmAsync(other);
        NothingIsTaken(other);
        Assert.False(held.IsLost);
        await ExecuteAsync(RunOut);
        await ExecuteAsync("UPDATE hangfire_lock_holder SET expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND");
        using var again = Connect(other).FetchNextJob(["default"], Cancelled);
        Assert.Equal(id, again.JobId);
        using var anothers = Connect(other).AcquireDistributedLock("resource", TimeSpan.Zero);
    }

    [Fact]
    public void A_process_that_is_not_heard_itself_takes_over_nothing()
    {
        var silent = Storage(_storage.Options);
        _ = Connect(silent);
        Assert.Equal(0, Alive());
        silent.Parts.Keeper.Beat();
        Assert.Equal(1, Alive());

        object? Alive() => silent.Parts.Keeper.TakingOver().Single(value => value.Name == "alive").Content;
    }

    [Fact]
    public async Task A_session_that_stands_still_in_a_transaction_hides_a_lost_job_for_less_than_a_lease()
    {
        string id = Queued(Connect());
        using var held = (MySqlFetchedJob)Connect().FetchNextJob(["default"], Cancelled);
        await CalmAsync();
        await ExecuteAsync(RunOut);
        // The stopped process: its session has the storage's settings, and nothing more comes over it.
        var stopped = Storage(new MySqlJobStorageOptions { LeaseDuration = TimeSpan.FromSeconds(6), LockLease = TimeSpan.FromSeconds(6) });
        using var session = stopped.Parts.Database.Open();
        await using (var command = new MySqlCommand($"START TRANSACTION; SELECT 1 FROM hangfire_queue_entry WHERE id = {held.Entry} FOR UPDATE", session))
            await command.ExecuteScalarAsync(Cancelled);
        using var again = await Task.Run(() => Connect().FetchNextJob(["default"], Cancelled), Cancelled).WaitAsync(TimeSpan.FromMinutes(2), Cancelled);
        Assert.Equal(id, again.JobId);
    }

    [Fact]
    public async Task A_take_over_is_counted_and_logged_by_who_takes_over()
    {
        var log = new LogRecorder();
        var heir = Storage(_storage.Options, loggers: log);
        var counted = new ConcurrentQueue<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, to) =>
        {
            if (instrument.Meter.Name == JobStorageMetrics.MeterName && instrument.Name == "jobstorage.rescues")
                to.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => counted.Enqueue((string)tags[0].Value!));
        listener.Start();

        string id = Queued(Connect());
        var lost = (MySqlFetchedJob)Connect().FetchNextJob(["default"], Cancelled);
        await ExecuteAsync(RunOut);
        await CalmAsync(heir);
        using var taken = Connect(heir).FetchNextJob(["default"], Cancelled);
        string line = Assert.Single(log.Lines(303));
        Assert.Contains($"Job {id} is taken over from {lost.Owner}", line);
        Assert.Contains("started", counted);
    }

    [Fact]
    public async Task An_acknowledgement_whose_answer_was_lost_is_no_lost_lease()
    {
        foreach (bool requeued in (bool[])[false, true])
        {
            await using var cutter = new AnswerCutter(_address, requeued ? "SET owner = NULL" : "DELETE FROM hangfire_queue_entry");
            var log = new LogRecorder();
            var storage = Storage(_storage.Options, cutter.Address, log);
            var worker = Connect(storage);
            string id = Queued(worker);
            using var fetched = (MySqlFetchedJob)worker.FetchNextJob(["default"], Cancelled);
            Assert.Equal(id, fetched.JobId);
            cutter.Arm();
            if (requeued)
                fetched.Requeue();
            else
                fetched.RemoveFromQueue();
            Assert.NotEmpty(log.Lines(200));
            Assert.Empty(log.Lines(300));
            Assert.False(fetched.IsLost);
            Assert.Equal(requeued ? 1 : 0, await CountAsync("SELECT COUNT(*) FROM hangfire_queue_entry WHERE owner IS NULL"));
        }
    }

    [Fact]
    public async Task A_fencing_token_is_greater_than_the_last_also_where_the_clock_was_set_back()
    {
        var worker = Connect();
        string id = Queued(worker);
        const long Future = 9_000_000_000_000_000;
        await ExecuteAsync($"UPDATE hangfire_job SET fence = {Future}");
        for (int execution = 1; execution <= 2; execution++)
        {
            using var fetched = worker.FetchNextJob(["default"], Cancelled);
            Assert.Equal(Future + execution, Context(worker, id).GetFencingToken());
        }
    }

    [Fact]
    public async Task A_job_that_worker_after_worker_loses_is_failed_with_the_reason()
    {
        var log = new LogRecorder();
        var storage = Storage(_storage.Options with { RescueLimit = 1 }, loggers: log);
        string id = Queued(Connect());
        // Handed back in order it is as new, however often.
        for (int i = 0; i < 3; i++)
            Connect(storage).FetchNextJob(["default"], Cancelled).Dispose();
        Connect(storage).FetchNextJob(["default"], Cancelled);
        await LoseAsync();
        Assert.Equal(id, Connect(storage).FetchNextJob(["default"], Cancelled).JobId);
        await LoseAsync();

        NothingIsTaken(storage);
        var state = Connect().GetStateData(id);
        Assert.Equal(FailedState.StateName, state.Name);
        Assert.Contains("2 workers in a row", state.Reason);
        Assert.Equal(typeof(JobGivenUpException).FullName, state.Data["ExceptionType"]);
        Assert.Equal(0, await CountAsync("SELECT COUNT(*) FROM hangfire_queue_entry"));
        Assert.Equal(0, await CountAsync("SELECT COUNT(*) FROM hangfire_lock_holder"));
        Assert.Single(log.Lines(306));

        // Who queues it again starts from the beginning.
        Write(Connect(), transaction =>
        {
            transaction.SetJobState(id, new EnqueuedState("default"));
            transaction.AddToQueue("default", id);
        });
        using var again = Connect(storage).FetchNextJob(["default"], Cancelled);
        Assert.Equal(id, again.JobId);

        async Task LoseAsync()
        {
            await CalmAsync(storage);
            await ExecuteAsync(RunOut);
        }
    }

    [Fact]
    public async Task A_job_that_is_being_deleted_gets_no_parameter_that_outlives_it()
    {
        string id = Created(Connect());
        await using var other = new MySqlConnection(_address);
        await other.OpenAsync(Cancelled);
        await using (var delete = new MySqlCommand($"START TRANSACTION; DELETE FROM hangfire_job WHERE id = {id}; DELETE FROM hangfire_job_parameter WHERE job_id = {id}", other))
            await delete.ExecuteNonQueryAsync(Cancelled);
        var setting = Task.Run(() => Connect().SetJobParameter(id, "late", "1"), Cancelled);
        await Task.WhenAny(setting, Task.Delay(500, Cancelled));
        await using (var commit = new MySqlCommand("COMMIT", other))
            await commit.ExecuteNonQueryAsync(Cancelled);
        await setting.WaitAsync(TimeSpan.FromMinutes(1), Cancelled);
        Assert.Equal(0, await CountAsync("SELECT COUNT(*) FROM hangfire_job_parameter"));
    }

    private void NothingIsTaken(MySqlJobStorage storage)
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        Assert.ThrowsAny<OperationCanceledException>(() => Connect(storage).FetchNextJob(["default"], soon.Token));
    }
}
