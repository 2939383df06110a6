using Hangfire.States;
using Hangfire.Storage;

namespace Pipeline.JobStorage.Tests.Contract;

public abstract partial class StorageSuite
{
    [Fact]
    public void Jobs_come_out_as_they_went_in()
    {
        string[] ids = [NewJob(), NewJob(), NewJob()];
        foreach (string id in ids)
            Enqueue(id);
        Assert.Equal(3, Monitor.EnqueuedCount("default"));
        foreach (string id in ids)
        {
            using var fetched = Fetch();
            Assert.Equal(id, fetched.JobId);
            fetched.RemoveFromQueue();
        }
        Assert.Equal(0, Monitor.EnqueuedCount("default"));
    }

    [Fact]
    public void The_queue_named_first_comes_first()
    {
        string low = NewJob(), high = NewJob();
        Enqueue(low, "low");
        Enqueue(high, "high");
        using (var fetched = Fetch("high", "low"))
        {
            Assert.Equal(high, fetched.JobId);
            fetched.RemoveFromQueue();
        }
        using (var fetched = Fetch("high", "low"))
        {
            Assert.Equal(low, fetched.JobId);
            fetched.RemoveFromQueue();
        }
    }

    [Fact]
    public void Queues_of_nearly_the_same_name_are_not_the_same()
    {
        Enqueue(NewJob(), "Queue");
        Enqueue(NewJob(), "queue ");
        string id = NewJob();
        Enqueue(id, "queue");
        using var fetched = Fetch("queue");
        Assert.Equal(id, fetched.JobId);
        fetched.RemoveFromQueue();
    }

    [Fact]
    public void A_job_handed_back_goes_to_the_end()
    {
        string first = NewJob(), second = NewJob();
        Enqueue(first);
        Enqueue(second);
        var fetched = Fetch();
        fetched.Requeue();
        fetched.Dispose();
        Assert.Equal(["" + second, first], Monitor.EnqueuedJobs("default", 0, 10).Select(job => job.Key));
    }

    [Fact]
    public void An_empty_queue_keeps_its_reader_waiting_until_told_to_stop()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        Assert.ThrowsAny<OperationCanceledException>(() => Connection.FetchNextJob(["empty"], stop.Token));
        Assert.ThrowsAny<OperationCanceledException>(() => Connection.FetchNextJob(["empty"], stop.Token));
        Assert.Throws<ArgumentNullException>(() => Connection.FetchNextJob(null!, Cancelled));
        Assert.Throws<ArgumentException>(() => Connection.FetchNextJob([], Cancelled));
    }

    [Fact]
    public async Task A_waiting_reader_gets_what_comes()
    {
        string id = NewJob();
        var waiting = Task.Run(() => Open().FetchNextJob(["default"], Cancelled), Cancelled);
        await Task.Delay(100, Cancelled);
        Enqueue(id);
        using var fetched = await waiting.WaitAsync(TimeSpan.FromSeconds(30), Cancelled);
        Assert.Equal(id, fetched.JobId);
        fetched.RemoveFromQueue();
    }

    [Fact]
    public void A_job_can_be_acknowledged_with_its_change_of_state()
    {
        string id = NewJob();
        Enqueue(id);
        using var fetched = Fetch();
        Write(transaction =>
        {
            transaction.SetJobState(id, new SucceededState("done", 1, 2));
            transaction.RemoveFromQueue(fetched);
        });
        fetched.RemoveFromQueue();
        Assert.Equal(SucceededState.StateName, Connection.GetJobData(id).State);
        Assert.Equal(0, Monitor.EnqueuedCount("default"));
        Assert.Equal(0, Monitor.FetchedCount("default"));
    }

    [Fact]
    public void A_lock_has_one_holder_and_the_holder_may_take_it_again()
    {
        var other = Open();
        var once = Connection.AcquireDistributedLock("resource", TimeSpan.Zero);
        var twice = Connection.AcquireDistributedLock("resource", TimeSpan.Zero);
        var refused = Assert.Throws<DistributedLockTimeoutException>(() => other.AcquireDistributedLock("resource", TimeSpan.FromMilliseconds(100)));
        Assert.Equal("resource", refused.Resource);
        using (other.AcquireDistributedLock("Resource", TimeSpan.Zero))
        using (other.AcquireDistributedLock("resource ", TimeSpan.Zero))
        {
            once.Dispose();
            once.Dispose();
            Assert.Throws<DistributedLockTimeoutException>(() => other.AcquireDistributedLock("resource", TimeSpan.Zero));
        }
        twice.Dispose();
        using (other.AcquireDistributedLock("resource", TimeSpan.Zero))
            Assert.Throws<DistributedLockTimeoutException>(() => Connection.AcquireDistributedLock("resource", TimeSpan.Zero));
    }

    [Fact]
    public async Task A_waiter_gets_the_lock_when_it_is_free()
    {
        var held = Connection.AcquireDistributedLock("resource", TimeSpan.Zero);
        var other = Open();
        var waiting = Task.Run(() => other.AcquireDistributedLock("resource", TimeSpan.FromSeconds(30)), Cancelled);
        await Task.Delay(100, Cancelled);
        Assert.False(waiting.IsCompleted);
        held.Dispose();
        (await waiting.WaitAsync(TimeSpan.FromSeconds(30), Cancelled)).Dispose();
    }

    [Fact]
    public void Locks_end_with_their_connection_and_with_their_transaction()
    {
        var other = (JobStorageConnection)Storage.GetConnection();
        other.AcquireDistributedLock("of a connection", TimeSpan.Zero);
        Assert.Throws<DistributedLockTimeoutException>(() => Connection.AcquireDistributedLock("of a connection", TimeSpan.Zero));
        other.Dispose();
        Connection.AcquireDistributedLock("of a connection", TimeSpan.Zero).Dispose();

        var third = Open();
        using (var transaction = (JobStorageTransaction)Connection.CreateWriteTransaction())
        {
            transaction.AcquireDistributedLock("of a transaction", TimeSpan.Zero);
            transaction.AddToSet("set", "value");
            Assert.Throws<DistributedLockTimeoutException>(() => third.AcquireDistributedLock("of a transaction", TimeSpan.Zero));
            transaction.Commit();
        }
        third.AcquireDistributedLock("of a transaction", TimeSpan.Zero).Dispose();
        using (var transaction = (JobStorageTransaction)Connection.CreateWriteTransaction())
            transaction.AcquireDistributedLock("of a transaction", TimeSpan.Zero);
        third.AcquireDistributedLock("of a transaction", TimeSpan.Zero).Dispose();
    }
}
