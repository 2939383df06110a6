using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using MySqlConnector;
using Pipeline.JobStorage.Data;
using Pipeline.JobStorage.Locks;
using Pipeline.JobStorage.Queues;

namespace Pipeline.JobStorage;

/// <summary>
/// The one heartbeat of a process: keeps the leases of its fetched jobs and distributed locks, five times as often as they would run out.
/// It has a thread of its own, so that jobs which fill the thread pool or sleep in it cannot stop it. A lease counts as lost when the
/// database says that it is another's, and not when the database says nothing: until it speaks, nobody else can have it either.
/// </summary>
internal sealed class LeaseKeeper : IDisposable
{
    private const int HeartbeatsInALease = 5;
    private const int Chunk = 200;

    private readonly Database _database;
    private readonly MySqlJobStorageOptions _options;
    private readonly ILogger _log;
    private readonly ConcurrentDictionary<MySqlFetchedJob, bool> _jobs = new();
    private readonly ConcurrentDictionary<HeldLock, bool> _locks = new();
    private readonly ManualResetEventSlim _stop = new();
    private readonly TimeSpan _interval;
    private readonly Lazy<Thread> _thread;

    public LeaseKeeper(Database database, MySqlJobStorageOptions options, ILogger log)
    {
        _database = database;
        _options = options;
        _log = log;
        _interval = (options.LeaseDuration < options.LockLease ? options.LeaseDuration : options.LockLease) / HeartbeatsInALease;
        _thread = new Lazy<Thread>(() =>
        {
            var thread = new Thread(Run) { IsBackground = true, Name = "job storage heartbeat", Priority = ThreadPriority.AboveNormal };
            thread.Start();
            return thread;
        });
    }

    public void Track(MySqlFetchedJob job)
    {
        _jobs[job] = true;
        _ = _thread.Value;
    }

    public void Untrack(MySqlFetchedJob job) => _jobs.TryRemove(job, out _);

    public void Track(HeldLock held)
    {
        _locks[held] = true;
        _ = _thread.Value;
    }

    public void Untrack(HeldLock held) => _locks.TryRemove(held, out _);

    /// <summary>Whether a worker of this process still works on the job although its lease is lost, and no other worker of this process has it.</summary>
    public bool OnlyLost(long jobId)
    {
        bool lost = false;
        foreach (var job in _jobs.Keys)
        {
            if (job.Number != jobId)
                continue;
            if (!job.IsLost)
                return false;
            lost = true;
        }
        return lost;
    }

    /// <summary>One heartbeat.</summary>
    public void Beat()
    {
        foreach (var some in _jobs.Keys.Where(job => job.NeedsHeartbeat).OrderBy(job => job.Entry).Chunk(Chunk))
            Beat([.. some.Select(job => new Lease(job.Owner, "Queues", [new("entry", job.Entry)], job.Lose))], _options.LeaseDuration);
        foreach (var some in _locks.Keys.Where(held => !held.IsLost).OrderBy(held => held.Resource, StringComparer.Ordinal).Chunk(Chunk))
            Beat([.. some.Select(held => new Lease(held.Owner, "Locks", [new("resource", held.Resource)], () => Lose(held)))], _options.LockLease);
    }

    public void Dispose()
    {
        _stop.Set();
        if (_thread.IsValueCreated)
            _thread.Value.Join();
        _stop.Dispose();
    }

    private void Run()
    {
        while (!_stop.Wait(_interval))
        {
            try
            {
                Beat();
            }
            catch (Exception error)
            {
                // The heart never stops by itself: what could not be kept now is kept, or found lost, at the next beat.
                JobStorageLog.NotRenewed(_log, error.Message, _interval.TotalSeconds);
            }
        }
    }

    /// <summary>
    /// Renews what is ours, and finds out what is not. Rows that somebody has locked are skipped, so that one stuck session cannot keep
    /// the heartbeat from all other leases.
    /// </summary>
    private void Beat(Lease[] leases, TimeSpan duration)
    {
        if (leases.Length == 0)
            return;
        var left = _database.Transact(transaction =>
        {
            string?[] owners = transaction.Send(Of(leases, "lockable.sql"), reader => Owners(reader, leases.Length));
            var ours = leases.Where((lease, index) => owners[index] == lease.Owner).ToArray();
            if (ours.Length > 0)
                transaction.Send(ours.Select(lease => _database.Statement($"{lease.Room}/renew.sql", [.. lease.Key, new("owner", lease.Owner), Value.Seconds("lease", duration)])));
            return leases.Except(ours).ToArray();
        });
        if (left.Length == 0)
            return;
        string?[] holders = _database.Repeat(connection => Database.Send(connection, Of(left, "owner.sql"), reader => Owners(reader, left.Length)));
        for (int i = 0; i < left.Length; i++)
        {
            if (holders[i] != left[i].Owner)
                left[i].Lose();
        }
    }

    private IEnumerable<Statement> Of(Lease[] leases, string statement) => leases.Select(lease => _database.Statement($"{lease.Room}/{statement}", lease.Key));

    /// <returns>Who holds each of the leases' rows; null where nobody does.</returns>
    private static string?[] Owners(MySqlDataReader reader, int count)
    {
        string?[] owners = new string?[count];
        for (int i = 0; i < count; i++, reader.NextResult())
            owners[i] = reader.Read() && !reader.IsDBNull(0) ? reader.GetString(0) : null;
        return owners;
    }

    private void Lose(HeldLock held)
    {
        // A lock that was released while this looked is not lost.
        if (!_locks.ContainsKey(held) || !held.Lose())
            return;
        JobStorageLog.LockLost(_log, held.Resource);
        JobStorageMetrics.Lost("lock");
    }

    private sealed record Lease(string Owner, string Room, Value[] Key, Action Lose);
}
