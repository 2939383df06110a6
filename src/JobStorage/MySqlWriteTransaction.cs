using Hangfire.Common;
using Hangfire.States;
using Hangfire.Storage;
using MySqlConnector;
using Pipeline.JobStorage.Data;
using Pipeline.JobStorage.Jobs;
using Pipeline.JobStorage.Locks;
using Pipeline.JobStorage.Queues;

namespace Pipeline.JobStorage;

/// <summary>
/// Collects writes and sends them in one round trip, and the commit in a second one. Rows are touched in one order, so that
/// transactions seldom cross. Before anything else, in the same transaction, it makes sure that the worker still holds its job and the
/// connection its locks; if not, none of it is written.
/// </summary>
internal sealed class MySqlWriteTransaction(MySqlStorageConnection owner) : JobStorageTransaction
{
    /// <summary>The order in which rooms are written; within a room by key, and within a key as called.</summary>
    private enum Room { Jobs, Sets, Lists, Hashes, Counters, Queues }

    private const string SetState = "Jobs/set_state.sql";

    private sealed record Write(Room Room, string Key, long Number, string Path, Value[] Values);

    private readonly List<Write> _writes = [];
    private readonly List<IDisposable> _locks = [];
    private readonly HashSet<string> _queues = new(StringComparer.Ordinal);
    private MySqlFetchedJob? _completed;
    private long _created;

    /// <summary>
    /// Whether all that is written is one new job with its parameters, which nobody else knows of yet, and under no lock. That comes to
    /// the same when it is written twice, so it needs no commit of known outcome.
    /// </summary>
    private bool IsOurs => _created != 0 && !owner.HeldLocks.Any()
        && _writes.TrueForAll(write => write.Number == _created && write.Path is "Jobs/create.sql" or "Jobs/set_parameter.sql");

    private StorageParts Parts => owner.Parts;

    public override void Dispose()
    {
        ReleaseLocks();
        base.Dispose();
    }

    public override void Commit()
    {
        try
        {
            if (_writes.Count > 0 || _completed is not null)
                CommitWrites();
        }
        finally
        {
            ReleaseLocks();
        }
        foreach (string queue in _queues)
            Parts.Signals.Ring(queue);
    }

    public override void AcquireDistributedLock(string resource, TimeSpan timeout) => _locks.Add(owner.AcquireDistributedLock(resource, timeout));

    public override void RemoveFromQueue(IFetchedJob fetchedJob)
    {
        ArgumentNullException.ThrowIfNull(fetchedJob);
        _completed = fetchedJob as MySqlFetchedJob
            ?? throw new ArgumentException($"a {fetchedJob.GetType().Name} is not of this storage", nameof(fetchedJob));
    }

    public override string CreateJob(Job job, IDictionary<string, string> parameters, DateTime createdAt, TimeSpan expireIn)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(parameters);
        long id = _created = Parts.Ids.Next();
        // The database's clock says when, whatever the caller's says.
        AddJob(id, "Jobs/create.sql", new("data", InvocationData.SerializeJob(job).SerializePayload()), Value.Seconds("expireIn", expireIn));
        foreach (var (name, value) in parameters)
            AddJob(id, "Jobs/set_parameter.sql", new("name", name), new("value", value));
        return JobId.Text(id);
    }

    public override void SetJobParameter(string jobId, string name, string? value)
    {
        ArgumentNullException.ThrowIfNull(name);
        AddJob(jobId, "Jobs/set_parameter.sql", new("name", name), new("value", value));
    }

    public override void ExpireJob(string jobId, TimeSpan expireIn)
    {
        if (expireIn <= TimeSpan.Zero)
            AddJob(jobId, "Jobs/delete.sql");
        else
            AddJob(jobId, "Jobs/expire.sql", Value.Seconds("expireIn", expireIn));
    }

    public override void PersistJob(string jobId) => AddJob(jobId, "Jobs/persist.sql");

    public override void SetJobState(string jobId, IState state) => AddState(jobId, SetState, state);

    public override void AddJobState(string jobId, IState state) => AddState(jobId, "Jobs/add_state.sql", state);

    public override void AddToQueue(string queue, string jobId)
    {
        ArgumentNullException.ThrowIfNull(queue);
        ArgumentNullException.ThrowIfNull(jobId);
        if (!JobId.TryParse(jobId, out long id))
            return;
        Add(Room.Queues, queue, "Queues/add.sql", new("queue", queue), new("id", id));
        _queues.Add(queue);
    }

    public override void IncrementCounter(string key) => Count(key, 1, null);

    public override void IncrementCounter(string key, TimeSpan expireIn) => Count(key, 1, expireIn);

    public override void DecrementCounter(string key) => Count(key, -1, null);

    public override void DecrementCounter(string key, TimeSpan expireIn) => Count(key, -1, expireIn);

    public override void AddToSet(string key, string value) => AddToSet(key, value, 0);

    public override void AddToSet(string key, string value, double score)
    {
        ArgumentNullException.ThrowIfNull(value);
        Add(Room.Sets, key, "Collections/set_add.sql", new("value", value), Value.Score("score", score));
    }

    public override void AddRangeToSet(string key, IList<string> items)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(items);
        if (items.Contains(null!))
            throw new ArgumentException("the items of a set cannot be null", nameof(items));
        foreach (string item in items)
            AddToSet(key, item);
    }

    public override void RemoveFromSet(string key, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        Add(Room.Sets, key, "Collections/set_remove.sql", new Value("value", value));
    }

    public override void RemoveSet(string key) => Add(Room.Sets, key, "Collections/set_delete.sql");

    public override void ExpireSet(string key, TimeSpan expireIn) => Expire(Room.Sets, key, "set", expireIn);

    public override void PersistSet(string key) => Add(Room.Sets, key, "Collections/set_persist.sql");

    public override void InsertToList(string key, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        Add(Room.Lists, key, "Collections/list_insert.sql", new Value("value", value));
    }

    public override void RemoveFromList(string key, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        Add(Room.Lists, key, "Collections/list_remove.sql", new Value("value", value));
    }

    public override void TrimList(string key, int keepStartingFrom, int keepEndingAt) =>
        Add(
            Room.Lists, key, "Collections/list_trim.sql",
            new("offset", Math.Max(0, keepStartingFrom)), new("count", Math.Max(0, (long)keepEndingAt - keepStartingFrom + 1)));

    public override void ExpireList(string key, TimeSpan expireIn) => Expire(Room.Lists, key, "list", expireIn);

    public override void PersistList(string key) => Add(Room.Lists, key, "Collections/list_persist.sql");

    public override void SetRangeInHash(string key, IEnumerable<KeyValuePair<string, string>> keyValuePairs)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(keyValuePairs);
        foreach (var (field, value) in keyValuePairs)
            Add(Room.Hashes, key, "Collections/hash_set.sql", new("field", field), new("value", value));
    }

    public override void RemoveHash(string key) => Add(Room.Hashes, key, "Collections/hash_delete.sql");

    public override void ExpireHash(string key, TimeSpan expireIn) => Expire(Room.Hashes, key, "hash", expireIn);

    public override void PersistHash(string key) => Add(Room.Hashes, key, "Collections/hash_persist.sql");

    private void CommitWrites()
    {
        // Whatever it writes: Hangfire starts a job's continuations, for one, before it touches the job itself. What has been acknowledged
        // is no longer anybody's to fence.
        var fetched = _completed ?? owner.Fetched;
        var fenced = fetched is { IsHeld: true } or { IsLost: true } ? fetched : null;
        if (fenced is { IsLost: true })
            throw new JobLeaseLostException(fenced.JobId);
        bool leaving = _completed?.TryLeave() ?? false;
        var ending = EndingLock();
        if (ending is not null)
            Parts.Keeper.Untrack(ending);
        try
        {
            if (fenced is null && !leaving && IsOurs)
                Parts.Database.Once(() => [new("START TRANSACTION", []), .. Statements(), new("COMMIT", [])], static _ => 0);
            else
                Parts.Database.Transact(transaction => Send(transaction, fenced, leaving, ending));
        }
        catch (Exception error)
        {
            if (ending is not null)
                Parts.Keeper.Track(ending);
            if (leaving)
                _completed!.Stay();
            if (error is JobLeaseLostException)
                fenced!.Lose();
            throw;
        }
        if (leaving)
            _completed!.Left(found: true);
        if (ending is not null)
            owner.Ended(ending);
    }

    /// <summary>
    /// The lock under which Hangfire changes a job's state is there for that one transaction, so its row goes with it: that spares a round
    /// trip and a commit. All others are held until they are disposed of.
    /// </summary>
    private HeldLock? EndingLock()
    {
        var changed = _writes.Find(write => write.Path == SetState);
        return changed is null ? null : owner.HeldOnce(JobId.StateLock(changed.Number));
    }

    private bool Send(Transaction transaction, MySqlFetchedJob? fenced, bool leaving, HeldLock? ending)
    {
        var locks = owner.HeldLocks.OrderBy(held => held.Resource, StringComparer.Ordinal).ToArray();
        var statements = new List<Statement>();
        if (fenced is not null)
            statements.Add(Parts.Database.Statement("Queues/hold.sql", fenced.Identity));
        foreach (var held in locks)
            statements.Add(Parts.Database.Statement(held == ending ? "Locks/end.sql" : "Locks/hold.sql", new("resource", held.Resource), new("owner", held.Owner)));
        statements.AddRange(Statements());
        if (leaving)
            statements.Add(Parts.Database.Statement("Queues/remove.sql", _completed!.Identity));
        return transaction.Send(statements, reader =>
        {
            // The answers of the first statements decide over the rest: thrown here, the transaction is rolled back.
            if (fenced is not null && !Holds(reader))
                throw new JobLeaseLostException(fenced.JobId);
            foreach (var held in locks)
            {
                if (!Holds(reader))
                    throw new LockLostException(held.Resource);
            }
            return true;
        });
    }

    private IEnumerable<Statement> Statements() => _writes
        .OrderBy(write => write.Room).ThenBy(write => write.Number).ThenBy(write => write.Key, StringComparer.Ordinal)
        .Select(write => Parts.Database.Statement(write.Path, write.Values));

    private static bool Holds(MySqlDataReader reader)
    {
        bool holds = reader.Read() && reader.GetInt64(0) == 1;
        reader.NextResult();
        return holds;
    }

    private void ReleaseLocks()
    {
        foreach (var held in _locks)
            held.Dispose();
        _locks.Clear();
    }

    private void AddState(string jobId, string path, IState state)
    {
        ArgumentNullException.ThrowIfNull(jobId);
        ArgumentNullException.ThrowIfNull(state);
        if (state.Name is null)
            throw new ArgumentException("a state has a name", nameof(state));
        AddJob(jobId, path, new("name", state.Name), new("reason", state.Reason), new("data", StateText.Of(state.SerializeData())));
    }

    private void AddJob(string jobId, string path, params Value[] values)
    {
        ArgumentNullException.ThrowIfNull(jobId);
        if (JobId.TryParse(jobId, out long id))
            AddJob(id, path, values);
    }

    private void AddJob(long id, string path, params Value[] values) => _writes.Add(new Write(Room.Jobs, "", id, path, [new("id", id), .. values]));

    private void Count(string key, int value, TimeSpan? expireIn) =>
        Add(Room.Counters, key, "Collections/counter_add.sql", new("value", value), expireIn is { } time ? Value.Seconds("expireIn", time) : new Value("expireIn", null));

    private void Expire(Room room, string key, string kind, TimeSpan expireIn)
    {
        if (expireIn <= TimeSpan.Zero)
            Add(room, key, $"Collections/{kind}_delete.sql");
        else
            Add(room, key, $"Collections/{kind}_expire.sql", Value.Seconds("expireIn", expireIn));
    }

    private void Add(Room room, string key, string path, params Value[] values)
    {
        ArgumentNullException.ThrowIfNull(key);
        _writes.Add(new Write(room, key, 0, path, [new("key", key), .. values]));
    }
}
