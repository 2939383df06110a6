using Hangfire.States;

namespace Pipeline.JobStorage.Tests.Contract;

public abstract partial class StorageSuite
{
    [Fact]
    public void Every_state_has_its_list_and_its_count()
    {
        string[] ids = [.. Enumerable.Range(0, 7).Select(i => NewJob($"{i}"))];
        Set(ids[0], new EnqueuedState("default"));
        Set(ids[1], new ScheduledState(new DateTime(2031, 2, 3, 4, 5, 6, DateTimeKind.Utc)));
        Set(ids[2], new AnyState(ProcessingState.StateName, null, new Dictionary<string, string>
        {
            ["ServerId"] = "server", ["WorkerId"] = "worker", ["StartedAt"] = "2031-02-03T04:05:06.0000000Z",
        }));
        Set(ids[3], new SucceededState("result", 10, 20));
        Set(ids[4], new FailedState(new InvalidOperationException("wrong")) { Reason = "why" });
        Set(ids[5], new DeletedState());
        Set(ids[6], new AwaitingState(ids[3]));

        var monitor = Monitor;
        Assert.Equal(new DateTime(2031, 2, 3, 4, 5, 6, DateTimeKind.Utc), Single(monitor.ScheduledJobs(0, 10), ids[1]).EnqueueAt);
        Assert.Equal("server", Single(monitor.ProcessingJobs(0, 10), ids[2]).ServerId);
        var succeeded = Single(monitor.SucceededJobs(0, 10), ids[3]);
        Assert.Equal("\"result\"", succeeded.Result);
        Assert.Equal(30, succeeded.TotalDuration);
        Assert.True(succeeded.InSucceededState);
        var failed = Single(monitor.FailedJobs(0, 10), ids[4]);
        Assert.Equal(("why", "wrong", typeof(InvalidOperationException).FullName), (failed.Reason, failed.ExceptionMessage, failed.ExceptionType));
        Assert.NotNull(Single(monitor.DeletedJobs(0, 10), ids[5]).DeletedAt);
        Assert.Equal(SucceededState.StateName, Single(monitor.AwaitingJobs(0, 10), ids[6]).ParentStateName);

        Assert.Equal(
            (1, 1, 1, 1, 1, 1),
            (monitor.ScheduledCount(), monitor.ProcessingCount(), monitor.SucceededListCount(), monitor.FailedCount(), monitor.DeletedListCount(), monitor.AwaitingCount()));
        var statistics = monitor.GetStatistics();
        Assert.Equal((1, 1, 1, 1), (statistics.Enqueued, statistics.Scheduled, statistics.Processing, statistics.Failed));
        Assert.Equal(1, statistics.Awaiting);
    }

    [Fact]
    public void Lists_of_what_ended_begin_with_the_newest_and_go_by_pages()
    {
        string[] ids = [.. Enumerable.Range(0, 5).Select(i => NewJob($"{i}"))];
        // Not in the order of creation.
        foreach (int i in (int[])[2, 0, 4, 1, 3])
            Set(ids[i], new SucceededState(null, 1, 1));
        foreach (int i in (int[])[1, 0])
            Set(ids[i], new ScheduledState(TimeSpan.FromHours(1)));
        Assert.Equal([ids[3], ids[4], ids[2]], Monitor.SucceededJobs(0, 10).Select(job => job.Key));
        Assert.Equal([ids[4]], Monitor.SucceededJobs(1, 1).Select(job => job.Key));
        Assert.Empty(Monitor.SucceededJobs(3, 10));
        Assert.Equal([ids[1], ids[0]], Monitor.ScheduledJobs(0, 10).Select(job => job.Key));
    }

    [Fact]
    public void Queues_show_their_length_and_their_first_jobs()
    {
        string[] ids = [.. Enumerable.Range(0, 7).Select(i => NewJob($"{i}"))];
        foreach (string id in ids)
        {
            Write(transaction =>
            {
                transaction.SetJobState(id, new EnqueuedState("default"));
                transaction.AddToQueue("default", id);
            });
        }
        Enqueue(NewJob(), "another");

        var queues = Monitor.Queues();
        Assert.Equal(["another", "default"], queues.Select(queue => queue.Name));
        Assert.Equal(7, queues[1].Length);
        Assert.Equal(ids.Take(5), queues[1].FirstJobs.Select(job => job.Key));
        Assert.All(queues[1].FirstJobs, job => Assert.True(job.Value.InEnqueuedState));
        Assert.False(queues[0].FirstJobs[0].Value.InEnqueuedState);
        Assert.Equal(ids.Skip(5), Monitor.EnqueuedJobs("default", 5, 10).Select(job => job.Key));
        Assert.Empty(Monitor.FetchedJobs("default", 0, 10));
        Assert.Equal(2, Monitor.GetStatistics().Queues);
    }

    [Fact]
    public void Graphs_have_seven_days_and_twenty_four_hours()
    {
        var now = Connection.GetUtcDateTime();
        Write(transaction =>
        {
            foreach (string kind in (string[])["succeeded", "failed", "deleted"])
            {
                transaction.IncrementCounter($"stats:{kind}");
                transaction.IncrementCounter($"stats:{kind}:{now:yyyy-MM-dd}", TimeSpan.FromDays(30));
                transaction.IncrementCounter($"stats:{kind}:{now:yyyy-MM-dd-HH}", TimeSpan.FromDays(1));
            }
        });
        var monitor = Monitor;
        foreach (var days in (IDictionary<DateTime, long>[])[monitor.SucceededByDatesCount(), monitor.FailedByDatesCount(), monitor.DeletedByDatesCount()])
        {
            Assert.Equal(7, days.Count);
            Assert.Equal(1, days[now.Date]);
        }
        foreach (var hours in (IDictionary<DateTime, long>[])[monitor.HourlySucceededJobs(), monitor.HourlyFailedJobs(), monitor.HourlyDeletedJobs()])
        {
            Assert.Equal(24, hours.Count);
            Assert.Equal(1, hours.Values.Sum());
        }
        var statistics = monitor.GetStatistics();
        Assert.Equal((1, 1), (statistics.Succeeded, statistics.Deleted));
    }

    [Fact]
    public void Recurring_jobs_and_retries_are_counted_from_their_sets()
    {
        Write(transaction =>
        {
            transaction.AddToSet("recurring-jobs", "a", 1);
            transaction.AddToSet("recurring-jobs", "b", 2);
            transaction.AddToSet("retries", "1");
        });
        var statistics = Monitor.GetStatistics();
        Assert.Equal(2, statistics.Recurring);
        Assert.Equal(1, statistics.Retries);
    }

    private static T Single<T>(Hangfire.Storage.Monitoring.JobList<T> list, string id)
    {
        var (key, value) = Assert.Single(list);
        Assert.Equal(id, key);
        return value;
    }

    private void Set(string id, IState state) => Write(transaction => transaction.SetJobState(id, state));
}
