using System.Diagnostics;
using System.Security.Cryptography;
using Hangfire.Storage;
using MySqlConnector;
using Pipeline.JobStorage.Data;

namespace Pipeline.JobStorage.Locks;

/// <summary>
/// Distributed locks: one row per held resource, with the holder's token and the end of its lease by the database's clock. The row's
/// unique key decides who has it. Waiters stand in line; how long one is willing to wait has no bearing on how long another may hold.
/// </summary>
internal sealed class LockDesk(StorageParts parts)
{
    private const int ShortestPollMs = 20;
    private const int LongestPollMs = 120;

    /// <summary>Who stands further back asks less often, by as many times as there are others before.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>A waiter that has not asked for this long is passed over.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan KeepPlaceEvery = TimeSpan.FromSeconds(4);

    private readonly LockBells _bells = new();

    private Database Database => parts.Database;

    /// <exception cref="DistributedLockTimeoutException">Others held it all the time.</exception>
    public HeldLock Acquire(string resource, TimeSpan timeout)
    {
        long started = Stopwatch.GetTimestamp();
        var wanted = new HeldLock(resource, parts.Owner.Next());
        if (!TryTake(wanted, long.MaxValue) && !WaitInLine(wanted, started, timeout))
            throw new DistributedLockTimeoutException(resource);
        parts.Keeper.Track(wanted);
        return wanted;
    }

    public void Release(HeldLock held)
    {
        parts.Keeper.Untrack(held);
        try
        {
            Database.Execute("Locks/release.sql", new("resource", held.Resource), new("owner", held.Owner));
        }
        catch (MySqlException error)
        {
            // Disposing of a lock must not hide how the work under it ended.
            JobStorageLog.NotReleased(parts.Log, error, held.Resource);
        }
        Released(held.Resource);
    }

    /// <summary>Tells this process's waiters that the lock may be free.</summary>
    public void Released(string resource) => _bells.Ring(resource);

    private bool WaitInLine(HeldLock wanted, long started, TimeSpan timeout)
    {
        bool forever = timeout == Timeout.InfiniteTimeSpan;
        if (!forever && Stopwatch.GetElapsedTime(started) >= timeout)
            return false;
        parts.Keeper.Start();
        using var bell = _bells.Listen(wanted.Resource);
        long ticket = Enter(wanted);
        try
        {
            long kept = Stopwatch.GetTimestamp();
            while (forever || Stopwatch.GetElapsedTime(started) < timeout)
            {
                // Before the question: what is released after its answer rings too.
                long heard = bell.Rings;
                var (taken, before) = Look(wanted, ticket);
                if (!taken && TryTake(wanted, ticket))
                    return true;
                if (Stopwatch.GetElapsedTime(kept) > KeepPlaceEvery)
                {
                    Database.Execute("Locks/keep_waiting.sql", new("ticket", ticket), Value.Seconds("patience", Patience));
                    kept = Stopwatch.GetTimestamp();
                }
                bell.Wait(heard, Rest(before, forever ? LongestPause : timeout - Stopwatch.GetElapsedTime(started)));
            }
            return TryTake(wanted, ticket);
        }
        finally
        {
            Database.Execute("Locks/leave.sql", new("resource", wanted.Resource), new("owner", wanted.Owner));
        }
    }

    /// <summary>Some hundredths of a second for the first in line, at odds with the other waiters.</summary>
    internal static TimeSpan Rest(long before, TimeSpan left)
    {
        var pause = TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(ShortestPollMs, LongestPollMs) * (before + 1.0));
        var rest = pause < LongestPause ? pause : LongestPause;
        return rest < left ? rest : left;
    }

    private (bool Taken, long Before) Look(HeldLock wanted, long ticket) => Database.First(
        "Locks/taken.sql", reader => (reader.GetInt64(0) > 0, reader.GetInt64(1)),
        new("resource", wanted.Resource), new("owner", wanted.Owner), new("ticket", ticket));

    private long Enter(HeldLock wanted) => Database.Repeat(connection =>
    {
        using var command = Database.Command(
            connection, "Locks/wait.sql", [new("resource", wanted.Resource), new("owner", wanted.Owner), Value.Seconds("patience", Patience)]);
        command.ExecuteNonQuery();
        return command.LastInsertedId;
    });

    private bool TryTake(HeldLock wanted, long ticket) =>
        Database.First(
            "Locks/take.sql", reader => reader.GetString(0),
            [
                new("resource", wanted.Resource), new("owner", wanted.Owner), new("ticket", ticket), Value.Seconds("lease", parts.Options.LockLease),
                .. parts.Keeper.TakingOver(),
            ]) == wanted.Owner;
}
