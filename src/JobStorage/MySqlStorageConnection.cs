using Hangfire.Common;
using Hangfire.Server;
using Hangfire.States;
using Hangfire.Storage;
using Pipeline.JobStorage.Data;
using Pipeline.JobStorage.Jobs;
using Pipeline.JobStorage.Locks;
using Pipeline.JobStorage.Queues;

namespace Pipeline.JobStorage;

/// <summary>
/// What one worker, client or process of Hangfire holds of the storage: at most one fetched job, and locks. It is no connection to the
/// server: those are taken from the pool for the length of a statement. Sets, hashes, lists and counters are in the other file.
/// </summary>
internal sealed partial class MySqlStorageConnection(StorageParts parts) : JobStorageConnection
{
    private readonly Dictionary<string, Hold> _locks = new(StringComparer.Ordinal);

    public StorageParts Parts => parts;

    /// <summary>The job that was last fetched over this connection.</summary>
    public MySqlFetchedJob? Fetched { get; private set; }

    public IEnumerable<HeldLock> HeldLocks => _locks.Values.Select(hold => hold.Lock);

    private Database Database => parts.Database;

    /// <summary>The lock, if this connection has it and took it once.</summary>
    public HeldLock? HeldOnce(string resource) => _locks.TryGetValue(resource, out var hold) && hold.Depth == 1 ? hold.Lock : null;

    /// <summary>A transaction took the lock's row along: disposing of the lock has nothing left to do.</summary>
    public void Ended(HeldLock held)
    {
        _locks.Remove(held.Resource);
        parts.Locks.Released(held.Resource);
    }

    public override void Dispose()
    {
        foreach (var hold in _locks.Values)
            parts.Locks.Release(hold.Lock);
        _locks.Clear();
        base.Dispose();
    }

    public override IWriteOnlyTransaction CreateWriteTransaction() => new MySqlWriteTransaction(this);

    /// <summary>A connection that has the lock gets it again, and keeps it until it has given it back as often.</summary>
    public override IDisposable AcquireDistributedLock(string resource, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(resource);
        if (!_locks.TryGetValue(resource, out var hold))
            _locks[resource] = hold = new Hold(parts.Locks.Acquire(resource, timeout));
        hold.Depth++;
        return new Release(this, hold);
    }

    public override string CreateExpiredJob(Job job, IDictionary<string, string> parameters, DateTime createdAt, TimeSpan expireIn)
    {
        using var transaction = new MySqlWriteTransaction(this);
        string id = transaction.CreateJob(job, parameters, createdAt, expireIn);
        transaction.Commit();
        return id;
    }

    public override IFetchedJob FetchNextJob(string[] queues, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(queues);
        if (queues.Length == 0)
            throw new ArgumentException("there must be a queue to fetch from", nameof(queues));
        return Fetched = parts.Fetch.Next(queues, cancellationToken);
    }

    public override void SetJobParameter(string id, string name, string? value)
    {
        using var transaction = new MySqlWriteTransaction(this);
        transaction.SetJobParameter(id, name, value);
        transaction.Commit();
    }

    public override string? GetJobParameter(string id, string name)
    {
        ArgumentNullException.ThrowIfNull(id);
        ArgumentNullException.ThrowIfNull(name);
        return JobId.TryParse(id, out long number)
            ? Database.First("Jobs/parameter.sql", reader => Text(reader, 0), new("id", number), new("name", name))
            : null;
    }

    /// <summary>Null for a job that does not exist, and for the one whose lease this connection's worker has lost: to it, that job is gone.</summary>
    public override JobData? GetJobData(string jobId)
    {
        ArgumentNullException.ThrowIfNull(jobId);
        if (!JobId.TryParse(jobId, out long id) || (Fetched is { IsLost: true } lost && lost.Number == id))
            return null;
        return JobRecord.Find(Database, id)?.Data();
    }

    /// <summary>
    /// A job that only workers without a lease hold in this process is processed by nobody that is known here. Hangfire looks every few
    /// seconds whether the state still names its worker, and cancels the job's token when it does not.
    /// </summary>
    public override StateData? GetStateData(string jobId)
    {
        ArgumentNullException.ThrowIfNull(jobId);
        if (!JobId.TryParse(jobId, out long id))
            return null;
        var state = Database.First(
            "Jobs/state.sql",
            reader => new StateData { Name = reader.GetString(0), Reason = Text(reader, 1), Data = StateText.Read(reader.GetString(2)) },
            new Value("id", id));
        if (state?.Name == ProcessingState.StateName && parts.Keeper.OnlyLost(id))
            state.Data = new Dictionary<string, string>(StringComparer.Ordinal);
        return state;
    }

    public override void AnnounceServer(string serverId, ServerContext context)
    {
        ArgumentNullException.ThrowIfNull(serverId);
        ArgumentNullException.ThrowIfNull(context);
        Database.Execute(
            "Servers/announce.sql",
            new("id", serverId), new("queues", SerializationHelper.Serialize(context.Queues ?? [])), new("workers", context.WorkerCount));
    }

    public override void RemoveServer(string serverId)
    {
        ArgumentNullException.ThrowIfNull(serverId);
        Database.Execute("Servers/remove.sql", new Value("id", serverId));
    }

    public override void Heartbeat(string serverId)
    {
        ArgumentNullException.ThrowIfNull(serverId);
        if (Database.Execute("Servers/heartbeat.sql", new Value("id", serverId)) == 0)
            throw new BackgroundServerGoneException();
    }

    public override int RemoveTimedOutServers(TimeSpan timeOut)
    {
        if (timeOut <= TimeSpan.Zero)
            throw new ArgumentException("a time-out is positive", nameof(timeOut));
        return Database.Execute("Servers/remove_silent.sql", Value.Seconds("silence", timeOut));
    }

    public override DateTime GetUtcDateTime() => Database.First("Servers/now.sql", reader => reader.GetDateTime(0));

    private static string? Text(MySqlConnector.MySqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private sealed class Hold(HeldLock held)
    {
        public HeldLock Lock => held;

        public int Depth { get; set; }
    }

    private sealed class Release(MySqlStorageConnection owner, Hold hold) : IDisposable
    {
        private bool _done;

        public void Dispose()
        {
            if (_done)
                return;
            _done = true;
            // A transaction may have ended it, and the lock been taken anew since; or the connection was disposed of first.
            if (--hold.Depth > 0 || !owner._locks.TryGetValue(hold.Lock.Resource, out var current) || current != hold)
                return;
            owner._locks.Remove(hold.Lock.Resource);
            owner.Parts.Locks.Release(hold.Lock);
        }
    }
}
