using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using MySqlConnector;
using Pipeline.JobStorage.Data;
using Pipeline.JobStorage.Locks;
using Pipeline.JobStorage.Queues;

namespace Pipeline.JobStorage;

/// <summary>
/// The one heartbeat of a process: keeps the leases of its fetched jobs and distributed locks, five times as often as they would run out.
/// It has a thread of its own, so that jobs which fill the thread pool or sleep in it cannot stop it, and a connection of its own, which
/// it waits for no longer than until the next beat. A lease counts as lost when the database says that it is another's, and not when the
/// database says nothing.
/// </summary>
/// <remarks>
/// In a time in which no process can reach the database all leases run out, and they say nothing about who lives. So every beat is also
/// heard in one row for all, and what ran out is taken over only when somebody was heard lately, and without a gap for as long as every
/// living process needs to be heard again after one.
/// </remarks>
internal sealed class LeaseKeeper : IDisposable
{
    private const int HeartbeatsInALease = 5;
    private const int Chunk = 200;

    /// <summary>A silence of half a lease is a gap: leases run out in nothing shorter.</summary>
    private const double GapInLeases = 0.5;

    /// <summary>A beat that hangs, the pause after it, and one that gets through.</summary>
    private const int GraceInHeartbeats = 3;

    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);

    private readonly Database _database;
    private readonly MySqlJobStorageOptions _options;
    private readonly ILogger _log;
    private readonly ConcurrentDictionary<MySqlFetchedJob, bool> _jobs = new();
    private readonly ConcurrentDictionary<HeldLock, bool> _locks = new();
    private readonly ManualResetEventSlim _stop = new();
    private readonly TimeSpan _interval;
    private readonly TimeSpan _gap;
    private readonly Lazy<Thread> _thread;
    private long _heard;

    /// <param name="database">For the heartbeat alone; disposed of with it.</param>
    public LeaseKeeper(Database database, MySqlJobStorageOptions options, ILogger log)
    {
        _database = database;
        _options = options;
        _log = log;
        _interval = Interval(options);
        _gap = options.ShortestLease * GapInLeases;
        _thread = new Lazy<Thread>(() =>
        {
            var thread = new Thread(Run) { IsBackground = true, Name = "job storage heartbeat", Priority = ThreadPriority.AboveNormal };
            thread.Start();
            return thread;
        });
    }

    /// <summary>From one beat to the next.</summary>
    public static TimeSpan Interval(MySqlJobStorageOptions options) => options.ShortestLease / HeartbeatsInALease;

    /// <summary>
    /// Parameters by which the statements that take jobs and locks decide whether what ran out may be taken over. A process whose own beat
    /// does not get through takes over nothing: among what ran out may be what it holds itself.
    /// </summary>
    public Value[] TakingOver()
    {
        long heard = Volatile.Read(ref _heard);
        return
        [
            new("alive", heard != 0 && Stopwatch.GetElapsedTime(heard) < _gap ? 1 : 0),
            Value.Seconds("gap", _gap), Value.Seconds("grace", _interval * GraceInHeartbeats),
        ];
    }

    /// <summary>Begins to beat, if it has not begun: for who waits for a job or a lock, and holds none yet.</summary>
    public void Start() => _ = _thread.Value;

    public void Track(MySqlFetchedJob job)
    {
        _jobs[job] = true;
        Start();
    }

    public void Untrack(MySqlFetchedJob job) => _jobs.TryRemove(job, out _);

    public void Track(HeldLock held)
    {
        _locks[held] = true;
        Start();
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

    /// <summary>One heartbeat: first all that is held, then the word that this process lives.</summary>
    public void Beat()
    {
        foreach (var some in _jobs.Keys.Where(job => job.NeedsHeartbeat).OrderBy(job => job.Entry).Chunk(Chunk))
            Renew([.. some.Select(job => new Lease(job.Owner, "Queues/renew.sql", new("entry", job.Entry), job.Lose))], _options.LeaseDuration);
        foreach (var some in _locks.Keys.Where(held => !held.IsLost).OrderBy(held => held.Resource, StringComparer.Ordinal).Chunk(Chunk))
            Renew([.. some.Select(held => new Lease(held.Owner, "Locks/renew.sql", new("resource", held.Resource), () => Lose(held)))], _options.LockLease);
        _database.Execute("Servers/pulse.sql", Value.Seconds("gap", _gap));
        Volatile.Write(ref _heard, Stopwatch.GetTimestamp());
    }

    public void Dispose()
    {
        _stop.Set();
        // On a dead connection a beat takes as long as it is given: the process does not wait for that.
        if (_thread.IsValueCreated && !_thread.Value.Join(Farewell))
            return;
        _stop.Dispose();
        _database.Dispose();
    }

    private void Run()
    {
        for (var rest = TimeSpan.Zero; !_stop.Wait(rest);)
        {
            try
            {
                Beat();
                rest = _interval;
            }
            catch (Exception error)
            {
                // The heart never stops by itself, and it is heard as soon as the database is back.
                rest = _interval / 4 < LongestRest ? _interval / 4 : LongestRest;
                JobStorageLog.NotRenewed(_log, error, rest.TotalSeconds);
            }
        }
    }

    /// <summary>
    /// Renews what is ours, and finds out what is not, in one round trip: a process that is stopped or loses its power in between would
    /// leave the rows locked, and then nobody could take them over.
    /// </summary>
    private void Renew(Lease[] leases, TimeSpan duration)
    {
        Statement[] statements =
        [
            new("START TRANSACTION", []),
            .. leases.Select(lease => _database.Statement(lease.Statement, lease.Key, new("owner", lease.Owner), Value.Seconds("lease", duration))),
            new("COMMIT", []),
        ];
        string?[] holders = _database.Once(() => statements, reader => Owners(reader, leases.Length));
        for (int i = 0; i < leases.Length; i++)
        {
            if (holders[i] != leases[i].Owner)
                leases[i].Lose();
        }
    }

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

    private sealed record Lease(string Owner, string Statement, Value Key, Action Lose);
}
