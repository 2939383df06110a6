using System.Globalization;
using Hangfire.Storage;
using Pipeline.JobStorage.Data;

namespace Pipeline.JobStorage.Queues;

/// <summary>
/// A job that this process took from a queue. While it is not acknowledged, handed back or disposed of, the process keeps its lease, for
/// hours if need be. Every statement about it names the owner's token, so a worker that slept through its lease changes nothing.
/// </summary>
internal sealed class MySqlFetchedJob(StorageParts parts, long entry, long jobId, string queue, string owner, long fencingToken) : IFetchedJob
{
    private enum Hold { Held, Leaving, Gone, Lost }

    private int _hold = (int)Hold.Held;

    public string JobId { get; } = jobId.ToString(CultureInfo.InvariantCulture);

    public string Queue => queue;

    public long Number => jobId;

    public long Entry => entry;

    public string Owner => owner;

    /// <summary>Greater than that of every earlier fetch of the job.</summary>
    public long FencingToken => fencingToken;

    /// <summary>Whether the lease is this worker's as far as it knows.</summary>
    public bool IsHeld => Volatile.Read(ref _hold) is (int)Hold.Held or (int)Hold.Leaving;

    public bool IsLost => Volatile.Read(ref _hold) == (int)Hold.Lost;

    /// <summary>Whether a heartbeat is due: not while the worker itself is ending the hold.</summary>
    public bool NeedsHeartbeat => Volatile.Read(ref _hold) == (int)Hold.Held;

    /// <summary>Parameters of the statements about this entry.</summary>
    public Value[] Identity => [new("entry", entry), new("owner", owner)];

    public void RemoveFromQueue() => Leave("Queues/remove.sql");

    public void Requeue()
    {
        if (Leave("Queues/requeue.sql"))
            parts.Signals.Ring(queue);
    }

    /// <summary>Begins to end the hold; false where it has ended.</summary>
    public bool TryLeave() => Interlocked.CompareExchange(ref _hold, (int)Hold.Leaving, (int)Hold.Held) == (int)Hold.Held;

    /// <summary>Ends what <see cref="TryLeave"/> began: the entry was this worker's, or it was not.</summary>
    public void Left(bool found)
    {
        Volatile.Write(ref _hold, (int)(found ? Hold.Gone : Hold.Lost));
        if (!found)
            Report();
    }

    /// <summary>Takes <see cref="TryLeave"/> back: the transaction that would have ended the hold did not commit.</summary>
    public void Stay() => Interlocked.CompareExchange(ref _hold, (int)Hold.Held, (int)Hold.Leaving);

    /// <summary>Marks the lease as lost.</summary>
    public void Lose()
    {
        if (Interlocked.CompareExchange(ref _hold, (int)Hold.Lost, (int)Hold.Held) == (int)Hold.Held)
            Report();
    }

    public void Dispose()
    {
        try
        {
            Requeue();
        }
        catch (Exception error)
        {
            // The worker goes on to its next job; this one comes back by itself.
            JobStorageLog.NotHandedBack(parts.Log, error, JobId);
        }
        finally
        {
            parts.Keeper.Untrack(this);
        }
    }

    private bool Leave(string path)
    {
        if (!TryLeave())
            return false;
        try
        {
            bool found = parts.Database.Execute(path, Identity) > 0 || !IsAnothers();
            Left(found);
            return found;
        }
        catch
        {
            Stay();
            throw;
        }
    }

    /// <summary>Where the answer to a first attempt was lost, a second one finds nothing either: the hold has ended as it was meant to.</summary>
    private bool IsAnothers() => parts.Database.First("Queues/holder.sql", reader => reader.IsDBNull(0) ? null : reader.GetString(0), new Value("entry", entry)) is not null;

    private void Report()
    {
        JobStorageLog.LeaseLost(parts.Log, JobId);
        JobStorageMetrics.Lost("job");
    }
}
