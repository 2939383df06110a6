using Hangfire.States;
using Hangfire.Storage;

namespace Pipeline.JobStorage.Tests.Contract;

/// <summary>Operations on a storage, drawn at random: what each asks for is decided before it runs, so that it can run anywhere.</summary>
internal sealed class Operations(Random random)
{
    private static readonly string[] Keys = ["k", "K", "k ", "키"];
    private static readonly string[] Values = ["a", "b", "A", "a ", "", "값"];
    private static readonly string[] Queues = ["critical", "default"];
    private static readonly string[] States = [EnqueuedState.StateName, ScheduledState.StateName, ProcessingState.StateName, SucceededState.StateName, FailedState.StateName, DeletedState.StateName, AwaitingState.StateName, "Own"];

    public (string Name, Func<World, object?> Run) Draw(World world) => random.Next(11) switch
    {
        < 4 => Transaction(world),
        < 6 => Queueing(world),
        < 9 => Read(world),
        < 10 => Locking(world),
        _ => Create(),
    };

    /// <summary>Reads everything that a dashboard would.</summary>
    public static object Overview(World world)
    {
        var monitor = world.Monitor;
        var statistics = monitor.GetStatistics();
        return new
        {
            statistics.Enqueued, statistics.Scheduled, statistics.Processing, statistics.Failed, statistics.Awaiting, statistics.Succeeded, statistics.Deleted,
            Counts = (long[])[monitor.ScheduledCount(), monitor.FailedCount(), monitor.ProcessingCount(), monitor.SucceededListCount(), monitor.DeletedListCount(), monitor.AwaitingCount()],
            // Theirs also shows queues that are empty by now.
            Queues = monitor.Queues().Where(queue => queue.Length > 0).Select(queue => new { queue.Name, queue.Length, First = queue.FirstJobs.Select(job => world.Index(job.Key)) }),
            Lists = (int[][])
            [
                Ids(monitor.ScheduledJobs(0, 50)), Ids(monitor.ProcessingJobs(0, 50)), Ids(monitor.SucceededJobs(0, 50)),
                Ids(monitor.FailedJobs(0, 50)), Ids(monitor.DeletedJobs(1, 2)), Ids(monitor.AwaitingJobs(0, 50)),
            ],
            Sets = Keys.Select(key => world.Connection.GetRangeFromSet(key, 0, 1_000)),
            Lists2 = Keys.Select(key => world.Connection.GetAllItemsFromList(key)),
            Hashes = Keys.Select(key => world.Connection.GetAllEntriesFromHash(key)?.OrderBy(pair => pair.Key, StringComparer.Ordinal)),
            Counters = Keys.Select(key => world.Connection.GetCounter(key)),
        };

        int[] Ids<T>(Hangfire.Storage.Monitoring.JobList<T> list) => [.. list.Select(job => world.Index(job.Key))];
    }

    private (string, Func<World, object?>) Create()
    {
        string argument = Pick(Values), parameter = Pick(Keys);
        return ("create a job", world => world.Made(world.Connection.CreateExpiredJob(
            Work.Job(argument), new Dictionary<string, string> { [parameter] = argument }, DateTime.UnixEpoch, TimeSpan.FromDays(1))));
    }

    private (string, Func<World, object?>) Transaction(World world)
    {
        // One change of state in a transaction at most: in which order lists show several is nobody's promise.
        var writes = Enumerable.Range(0, random.Next(1, 5)).Select(i => Write(world, mayChangeState: i == 0)).ToArray();
        return ($"commit: {string.Join("; ", writes.Select(write => write.Name))}", on =>
        {
            using var transaction = (JobStorageTransaction)on.Connection.CreateWriteTransaction();
            foreach (var write in writes)
                write.Run(on, transaction);
            transaction.Commit();
            return null;
        });
    }

    private (string Name, Action<World, JobStorageTransaction> Run) Write(World world, bool mayChangeState)
    {
        int job = random.Next(world.Jobs + 1);
        string key = Pick(Keys), value = Pick(Values), queue = Pick(Queues), state = Pick(States);
        double score = random.Next(-2, 4) / 2.0;
        var ttl = TimeSpan.FromHours(random.Next(1, 9) * 10);
        int start = random.Next(-1, 4), end = random.Next(0, 5);
        return random.Next(mayChangeState ? 0 : 2, 27) switch
        {
            0 or 1 => ($"job {job} to {state}", (on, t) => t.SetJobState(on.Id(job), State(state, value))),
            2 => ($"history of job {job}", (on, t) => t.AddJobState(on.Id(job), State(state, value))),
            3 => ($"expire job {job}", (on, t) => t.ExpireJob(on.Id(job), ttl)),
            4 => ($"persist job {job}", (on, t) => t.PersistJob(on.Id(job))),
            5 => ($"delete job {job}", (on, t) => t.ExpireJob(on.Id(job), value == "b" ? TimeSpan.Zero : ttl)),
            6 => ($"parameter {key} of job {job}", (on, t) => t.SetJobParameter(on.Id(job), key, value == "" ? null : value)),
            7 or 8 => ($"job {job} into {queue}", (on, t) => t.AddToQueue(queue, on.Id(job))),
            9 => ("make a job", (on, t) => on.Made(t.CreateJob(Work.Job(value), new Dictionary<string, string> { [key] = value }, DateTime.UnixEpoch, ttl))),
            10 => ($"count up {key}", (_, t) => t.IncrementCounter(key)),
            11 => ($"count up {key} for {ttl}", (_, t) => t.IncrementCounter(key, ttl)),
            12 => ($"count down {key}", (_, t) => t.DecrementCounter(key)),
            13 => ($"{value} into set {key} at {score}", (_, t) => t.AddToSet(key, value, score)),
            14 => ($"{value} into set {key}", (_, t) => t.AddToSet(key, value)),
            15 => ($"{value} out of set {key}", (_, t) => t.RemoveFromSet(key, value)),
            16 => ($"all into set {key}", (_, t) => t.AddRangeToSet(key, Values)),
            17 => ($"remove set {key}", (_, t) => t.RemoveSet(key)),
            18 or 19 => ($"{value} into list {key}", (_, t) => t.InsertToList(key, value)),
            20 => ($"{value} out of list {key}", (_, t) => t.RemoveFromList(key, value)),
            21 => ($"trim list {key} to {start}..{end}", (_, t) => t.TrimList(key, start, end)),
            22 => ($"{value} into hash {key}", (_, t) => t.SetRangeInHash(key, new Dictionary<string, string> { [value] = key, ["x"] = value })),
            23 => ($"remove hash {key}", (_, t) => t.RemoveHash(key)),
            24 => ($"expire {key} in {ttl}", (_, t) => { t.ExpireSet(key, ttl); t.ExpireList(key, ttl); t.ExpireHash(key, ttl); }),
            25 => ($"keep {key}", (_, t) => { t.PersistSet(key); t.PersistList(key); t.PersistHash(key); }),
            _ => ($"end {key}", (_, t) => { t.ExpireSet(key, TimeSpan.Zero); t.ExpireHash(key, TimeSpan.FromSeconds(-1)); }),
        };
    }

    private (string, Func<World, object?>) Queueing(World world)
    {
        string queue = Pick(Queues);
        int which = world.Fetched == 0 ? -1 : random.Next(world.Fetched);
        switch (random.Next(5))
        {
            case 0 or 1 when world.Monitor.EnqueuedCount(queue) > 0:
                return ($"fetch from {queue}", on => on.Fetch(queue));
            case 2 when Queues.Any(any => world.Monitor.EnqueuedCount(any) > 0):
                return ("fetch from all", on => on.Fetch(Queues));
            case 3 when which >= 0:
                return ($"hand back {which}", on => { using var job = on.Give(which); job.Requeue(); return on.Index(job.JobId); });
            case 4 when which >= 0:
                return ($"acknowledge {which}", on => { using var job = on.Give(which); Acknowledge(on, job); return on.Index(job.JobId); });
            default:
                return ($"count {queue}", on => on.Monitor.EnqueuedCount(queue));
        }
    }

    private (string, Func<World, object?>) Locking(World world)
    {
        string resource = Pick(Keys);
        int which = world.Locks == 0 ? -1 : random.Next(world.Locks);
        return random.Next(5) switch
        {
            0 or 1 => ($"lock {resource}", on => on.Lock(on.Connection, resource)),
            2 => ($"another locks {resource}", on => on.Lock(on.Other, resource)),
            3 => ($"write under locks into {resource}", on =>
            {
                using var transaction = (JobStorageTransaction)on.Connection.CreateWriteTransaction();
                transaction.AcquireDistributedLock(resource, TimeSpan.Zero);
                transaction.AddToSet(resource, "under a lock");
                transaction.Commit();
                return null;
            }),
            _ when which >= 0 => ($"give lock {which} back", on => { on.Release(which); return null; }),
            _ => ($"count locks, {resource}", on => on.Locks),
        };
    }

    private static void Acknowledge(World on, IFetchedJob job)
    {
        using var transaction = (JobStorageTransaction)on.Connection.CreateWriteTransaction();
        transaction.RemoveFromQueue(job);
        transaction.IncrementCounter("acknowledged");
        transaction.Commit();
        job.RemoveFromQueue();
    }

    private (string, Func<World, object?>) Read(World world)
    {
        int job = random.Next(world.Jobs + 1), start = random.Next(-1, 4), end = random.Next(-1, 5), count = random.Next(0, 4);
        string key = Pick(Keys), other = Pick(Keys), value = Pick(Values), queue = Pick(Queues);
        double low = random.Next(-2, 3) / 2.0, high = random.Next(-2, 3) / 2.0;
        return random.Next(18) switch
        {
            0 => ($"data of job {job}", on => on.Connection.GetJobData(on.Id(job)) is { } data
                ? new { data.State, Argument = data.Job.Args[0], data.Job.Queue, Parameters = data.ParametersSnapshot.OrderBy(pair => pair.Key, StringComparer.Ordinal) } : null),
            1 => ($"state of job {job}", on => on.Connection.GetStateData(on.Id(job)) is { } state
                ? new { state.Name, state.Reason, Data = state.Data.OrderBy(pair => pair.Key, StringComparer.Ordinal) } : null),
            2 => ($"details of job {job}", on => on.Monitor.JobDetails(on.Id(job)) is { } details
                ? new { Expires = details.ExpireAt is null, History = details.History.Select(entry => new { entry.StateName, entry.Reason, entry.Data.Count }) } : null),
            3 => ($"parameter {key} of job {job}", on => on.Connection.GetJobParameter(on.Id(job), key)),
            4 => ($"set {key}", on => on.Connection.GetAllItemsFromSet(key).Order(StringComparer.Ordinal)),
            5 => ($"set {key}, {start} to {end}", on => on.Connection.GetRangeFromSet(key, start, end)),
            6 => ($"first of set {key}, {low} to {high}", on => on.Connection.GetFirstByLowestScoreFromSet(key, low, high)),
            7 => ($"{count} of set {key}, {low} to {high}", on => on.Connection.GetFirstByLowestScoreFromSet(key, low, high, count)),
            8 => ($"size of set {key}", on => on.Connection.GetSetCount(key)),
            9 => ($"size of sets {key} and {other}, {count} at most", on => on.Connection.GetSetCount([key, other], count)),
            10 => ($"{value} in set {key}", on => on.Connection.GetSetContains(key, value)),
            11 => ($"hash {key}", on => on.Connection.GetAllEntriesFromHash(key)?.OrderBy(pair => pair.Key, StringComparer.Ordinal)),
            12 => ($"{value} of hash {key}", on => (object?)(on.Connection.GetValueFromHash(key, value), on.Connection.GetHashCount(key)).ToString()),
            13 => ($"list {key}, {start} to {end}", on => on.Connection.GetRangeFromList(key, start, end)),
            14 => ($"length of list {key}", on => on.Connection.GetListCount(key)),
            15 => ($"counter {key}", on => on.Connection.GetCounter(key)),
            16 => ($"lives of {key}", on => (long[])[Tens(on.Connection.GetSetTtl(key)), Tens(on.Connection.GetListTtl(key)), Tens(on.Connection.GetHashTtl(key))]),
            _ => ($"queue {queue}", on => on.Monitor.EnqueuedJobs(queue, Math.Max(0, start), count).Select(found => (on.Index(found.Key), found.Value.State, found.Value.InEnqueuedState).ToString())),
        };
    }

    /// <summary>Lives are tens of hours, so that the time between two calls does not show.</summary>
    private static long Tens(TimeSpan life) => life < TimeSpan.Zero ? -1 : (long)Math.Round(life.TotalHours / 10);

    private static AnyState State(string name, string reason) =>
        new(name, reason == "" ? null : reason, new Dictionary<string, string> { ["Queue"] = reason, ["a"] = "1", ["ParentId"] = "none", ["Latency"] = "1", ["PerformanceDuration"] = "2" });

    private string Pick(string[] from) => from[random.Next(from.Length)];
}
