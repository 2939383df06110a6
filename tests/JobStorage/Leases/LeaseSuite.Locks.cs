using System.Collections.Concurrent;
using Hangfire.States;
using Hangfire.Storage;
using MySqlConnector;
using Pipeline.JobStorage.Tests.Servers;

namespace Pipeline.JobStorage.Tests.Leases;

/// <content>Distributed locks.</content>
public abstract partial class LeaseSuite
{
    [Fact]
    public async Task A_lock_is_kept_for_longer_than_its_lease_and_no_waiters_time_out_takes_it()
    {
        using var held = Connect().AcquireDistributedLock("resource", TimeSpan.Zero);
        string owner = await OwnerAsync();
        for (int i = 0; i < 3; i++)
        {
            await ExecuteAsync("UPDATE hangfire_lock_holder SET expires_at = UTC_TIMESTAMP(6) + INTERVAL 10 MINUTE");
            Assert.Throws<DistributedLockTimeoutException>(() => Connect().AcquireDistributedLock("resource", TimeSpan.FromMilliseconds(200)));
            _storage.Parts.Keeper.Beat();
            Assert.Equal(1, await CountAsync("SELECT COUNT(*) FROM hangfire_lock_holder WHERE expires_at > UTC_TIMESTAMP(6) + INTERVAL 30 MINUTE"));
        }
        Assert.Equal(owner, await OwnerAsync());
    }

    [Fact]
    public async Task A_lock_that_ran_out_is_anothers_and_its_first_holder_can_do_nothing_under_it()
    {
        var first = Connect();
        var second = Connect();
        using var lost = first.AcquireDistributedLock("resource", TimeSpan.Zero);
        await ExecuteAsync("UPDATE hangfire_lock_holder SET expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND");
        using var won = second.AcquireDistributedLock("resource", TimeSpan.Zero);
        string owner = await OwnerAsync();

        Assert.Throws<LockLostException>(() => Write(first, transaction => transaction.AddToSet("set", "late")));
        Write(second, transaction => transaction.AddToSet("set", "in time"));
        Assert.Equal(["in time"], second.GetAllItemsFromSet("set"));
        // Letting go of what one has lost takes nothing from who has it.
        lost.Dispose();
        Assert.Equal(owner, await OwnerAsync());
        Write(first, transaction => transaction.AddToSet("set", "free again"));
    }

    [Fact]
    public async Task The_lock_of_a_change_of_state_ends_with_it_and_every_other_lock_is_held_on()
    {
        var (first, second) = (Connect(), Connect());
        string id = Queued(first);
        string resource = $"job:{id}:state-lock";
        using var other = first.AcquireDistributedLock("resource", TimeSpan.Zero);
        var ended = first.AcquireDistributedLock(resource, TimeSpan.Zero);
        // Hangfire writes parameters under it, and goes on under it.
        first.SetJobParameter(id, "Continuations", "[]");
        Assert.Throws<DistributedLockTimeoutException>(() => second.AcquireDistributedLock(resource, TimeSpan.Zero));
        Write(first, transaction => transaction.SetJobState(id, Processing("first")));
        using (second.AcquireDistributedLock(resource, TimeSpan.Zero))
        {
            // It has nothing to give back any more.
            ended.Dispose();
            Assert.Throws<DistributedLockTimeoutException>(() => first.AcquireDistributedLock(resource, TimeSpan.Zero));
        }
        Assert.Equal(1, await CountAsync("SELECT COUNT(*) FROM hangfire_lock_holder WHERE resource = 'resource'"));

        // Taken twice, it is not the transaction's to end.
        using (first.AcquireDistributedLock(resource, TimeSpan.Zero))
        using (first.AcquireDistributedLock(resource, TimeSpan.Zero))
        {
            Write(first, transaction => transaction.SetJobState(id, Processing("first")));
            Assert.Throws<DistributedLockTimeoutException>(() => second.AcquireDistributedLock(resource, TimeSpan.Zero));
        }
        Assert.Equal(1, await CountAsync("SELECT COUNT(*) FROM hangfire_lock_holder"));
    }

    [Fact]
    public async Task A_lock_that_a_transaction_ended_and_that_was_taken_anew_is_not_given_back_by_its_first_handle()
    {
        var (first, second) = (Connect(), Connect());
        string id = Queued(first), resource = $"job:{id}:state-lock";
        var ended = first.AcquireDistributedLock(resource, TimeSpan.Zero);
        Write(first, transaction => transaction.SetJobState(id, Processing("first")));
        var anew = first.AcquireDistributedLock(resource, TimeSpan.Zero);
        ended.Dispose();
        Assert.Throws<DistributedLockTimeoutException>(() => second.AcquireDistributedLock(resource, TimeSpan.Zero));
        Write(first, transaction => transaction.AddToSet("set", "under it"));
        anew.Dispose();
        Assert.Equal(0, await CountAsync("SELECT COUNT(*) FROM hangfire_lock_holder"));
    }

    [Fact]
    public async Task A_place_in_line_whose_answer_was_lost_is_in_nobody_s_way()
    {
        await using var cutter = new AnswerCutter(_address, "INSERT INTO hangfire_lock_waiter");
        var waiter = Storage(new MySqlJobStorageOptions(), cutter.Address);
        var waiting = Connect(waiter);
        var held = Connect().AcquireDistributedLock("resource", TimeSpan.Zero);
        cutter.Arm();
        var taking = Task.Run(() => waiting.AcquireDistributedLock("resource", TimeSpan.FromMinutes(2)), Cancelled);
        await WaitersAsync(2);
        // Nobody passes it over in the time of the test.
        await ExecuteAsync("UPDATE hangfire_lock_waiter SET expires_at = UTC_TIMESTAMP(6) + INTERVAL 1 HOUR");
        held.Dispose();
        (await taking.WaitAsync(TimeSpan.FromMinutes(2), Cancelled)).Dispose();
        Assert.Equal(0, await CountAsync("SELECT COUNT(*) FROM hangfire_lock_waiter"));
    }

    [Fact]
    public async Task A_change_of_state_under_a_lock_that_was_lost_is_refused_and_one_that_fails_keeps_its_lock()
    {
        var connection = Connect();
        string id = Queued(connection);
        string resource = $"job:{id}:state-lock";
        using var held = connection.AcquireDistributedLock(resource, TimeSpan.Zero);
        await ExecuteAsync($"UPDATE hangfire_lock_holder SET owner = 'somebody else', expires_at = UTC_TIMESTAMP(6) + INTERVAL 1 HOUR");
        Assert.Throws<LockLostException>(() => Write(connection, transaction => transaction.SetJobState(id, Processing("late"))));
        Assert.Equal(EnqueuedState.StateName, connection.GetJobData(id).State);
        Assert.Equal(1, await CountAsync("SELECT COUNT(*) FROM hangfire_lock_holder WHERE owner = 'somebody else'"));
        held.Dispose();

        await ExecuteAsync("DELETE FROM hangfire_lock_holder");
        using var again = connection.AcquireDistributedLock(resource, TimeSpan.Zero);
        Assert.ThrowsAny<MySqlException>(() => Write(connection, transaction =>
        {
            transaction.SetJobState(id, Processing("worker"));
            transaction.AddToSet("set", new string('x', 501));
        }));
        Assert.Equal(EnqueuedState.StateName, connection.GetJobData(id).State);
        Assert.Throws<DistributedLockTimeoutException>(() => Connect().AcquireDistributedLock(resource, TimeSpan.Zero));
        await ExecuteAsync("UPDATE hangfire_lock_holder SET expires_at = UTC_TIMESTAMP(6) + INTERVAL 1 SECOND");
        _storage.Parts.Keeper.Beat();
        Assert.Equal(1, await CountAsync("SELECT COUNT(*) FROM hangfire_lock_holder WHERE expires_at > UTC_TIMESTAMP(6) + INTERVAL 10 SECOND"));
    }

    [Fact]
    public async Task A_lock_of_a_dead_process_is_free_when_its_lease_has_run_out()
    {
        var dead = Storage(new MySqlJobStorageOptions { LockLease = TimeSpan.FromSeconds(1) });
        dead.GetConnection().AcquireDistributedLock("resource", TimeSpan.Zero);
        dead.Dispose();
        await CalmAsync();
        using var taken = await Task.Run(() => Connect().AcquireDistributedLock("resource", TimeSpan.FromMinutes(1)), Cancelled);
        Assert.Equal(0, await CountAsync("SELECT COUNT(*) FROM hangfire_lock_waiter"));
    }

    [Fact]
    public async Task Waiters_are_served_in_the_order_in_which_they_came()
    {
        var order = new ConcurrentQueue<int>();
        var held = Connect().AcquireDistributedLock("resource", TimeSpan.Zero);
        var waiters = new List<Task>();
        for (int i = 0; i < 4; i++)
        {
            int number = i;
            // As if each were a process of its own.
            var process = Storage(new MySqlJobStorageOptions());
            waiters.Add(Task.Factory.StartNew(
                () =>
                {
                    using (Of(process).AcquireDistributedLock("resource", TimeSpan.FromMinutes(2)))
                        order.Enqueue(number);
                },
                Cancelled, TaskCreationOptions.LongRunning, TaskScheduler.Default));
            await WaitersAsync(i + 1);
        }
        held.Dispose();
        await Task.WhenAll(waiters).WaitAsync(TimeSpan.FromMinutes(2), Cancelled);
        Assert.Equal([0, 1, 2, 3], order);
    }

    [Fact]
    public async Task A_waiter_that_died_is_passed_over()
    {
        await ExecuteAsync("INSERT INTO hangfire_lock_waiter (resource, owner, expires_at) VALUES ('resource', 'dead', UTC_TIMESTAMP(6) + INTERVAL 1 HOUR)");
        Assert.Throws<DistributedLockTimeoutException>(() => Connect().AcquireDistributedLock("resource", TimeSpan.Zero));
        await ExecuteAsync("UPDATE hangfire_lock_waiter SET expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND");
        using var taken = Connect().AcquireDistributedLock("resource", TimeSpan.FromMinutes(1));
        await ExecuteAsync("""
            UPDATE hangfire_lock_waiter SET expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 HOUR;
            INSERT INTO hangfire_lock_holder (resource, owner, expires_at) VALUES ('nobody wants it', 'dead', UTC_TIMESTAMP(6) - INTERVAL 2 HOUR);
            """);
        _storage.Upkeep.Expire(Cancelled);
        Assert.Equal(0, await CountAsync("SELECT COUNT(*) FROM hangfire_lock_waiter"));
        Assert.Equal(1, await CountAsync("SELECT COUNT(*) FROM hangfire_lock_holder"));
    }

    [Fact]
    public async Task A_transaction_that_loses_a_deadlock_is_repeated()
    {
        var connection = Connect();
        Write(connection, transaction =>
        {
            transaction.AddToSet("a", "x");
            transaction.AddToSet("b", "x");
        });
        await using var other = new MySqlConnection(_address);
        await other.OpenAsync(Cancelled);
        await LockAsync("b");
        var committing = Task.Run(() => Write(connection, transaction =>
        {
            transaction.AddToSet("a", "x", 1);
            transaction.AddToSet("b", "x", 1);
            transaction.IncrementCounter("commits");
        }), Cancelled);
        await Task.Delay(500, Cancelled);
        try
        {
            // Each now waits for the other, and the server takes one of them back.
            await LockAsync("a");
        }
        catch (MySqlException error) when (error.ErrorCode == MySqlErrorCode.LockDeadlock)
        {
            // It was this one.
        }
        await using (var end = new MySqlCommand("ROLLBACK", other))
            await end.ExecuteNonQueryAsync(Cancelled);
        await committing.WaitAsync(TimeSpan.FromMinutes(1), Cancelled);
        Assert.Equal("x", connection.GetFirstByLowestScoreFromSet("a", 1, 1));
        Assert.Equal("x", connection.GetFirstByLowestScoreFromSet("b", 1, 1));
        Assert.Equal(1, connection.GetCounter("commits"));

        async Task LockAsync(string key)
        {
            // Heavier than the storage's: the server takes back the lighter one.
            string sql = $"START TRANSACTION; INSERT INTO hangfire_set_member (set_name, value, score) VALUES {string.Join(',', Enumerable.Range(0, 50).Select(i => $"('filler-{key}', '{i}', 0)"))};";
            if (key == "b")
                await using (var filler = new MySqlCommand(sql, other))
                    await filler.ExecuteNonQueryAsync(Cancelled);
            await using var command = new MySqlCommand($"SELECT 1 FROM hangfire_set_member WHERE set_name = '{key}' FOR UPDATE", other);
            await command.ExecuteScalarAsync(Cancelled);
        }
    }

    private static JobStorageConnection Of(MySqlJobStorage storage) => (JobStorageConnection)storage.GetConnection();

    private Task<string> OwnerAsync() => Databases.ScalarAsync<string>(_address, "SELECT owner FROM hangfire_lock_holder WHERE resource = 'resource'");

    private async Task WaitersAsync(int count)
    {
        while (await CountAsync("SELECT COUNT(*) FROM hangfire_lock_waiter") < count)
            await Task.Delay(20, Cancelled);
    }
}
