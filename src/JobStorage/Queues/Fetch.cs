using System.Collections.Concurrent;
using System.Diagnostics;
using MySqlConnector;
using Pipeline.JobStorage.Data;

namespace Pipeline.JobStorage.Queues;

/// <summary>
/// Takes jobs from queues: the first entry that is available and that nobody else is taking at this moment. Entries of other workers lie
/// in the future of the index, so neither they nor finished jobs are read.
/// </summary>
internal sealed class Fetch(StorageParts parts)
{
    /// <summary>An entry may become visible so long after the time that it bears: that of its statement, not of its commit.</summary>
    private static readonly TimeSpan CommitTime = TimeSpan.FromMinutes(1);

    /// <summary>How often everything is looked at nevertheless, as the database's clock may have been set back.</summary>
    private static readonly TimeSpan LookEverywhereEvery = TimeSpan.FromMinutes(1);
    private static readonly DateTime Beginning = new(1000, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly ConcurrentDictionary<string, Horizon> _horizons = new(StringComparer.Ordinal);
    private readonly Rescue _rescue = new(parts);

    /// <summary>When a queue was last found empty, by the database's clock, and when that had been looked for everywhere, by this process's.</summary>
    private sealed record Horizon(DateTime EmptyAt, long LookedEverywhere);

    private sealed record Look(MySqlFetchedJob? Job, string? Loser, double Waited, int Rescues, bool Calm, DateTime At);

    /// <summary>Waits for a job of the queues, the first named first.</summary>
    /// <exception cref="OperationCanceledException">There was none before the token was cancelled.</exception>
    public MySqlFetchedJob Next(string[] queues, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        parts.Keeper.Start();
        return TryNext(queues, cancellationToken)
            ?? parts.Signals.Gate(queues).Watch(() => TryNext(queues, cancellationToken), parts.Options.QueuePollInterval, cancellationToken);
    }

    /// <summary>Looks into each of the queues once; null where there is nothing.</summary>
    internal MySqlFetchedJob? TryNext(string[] queues, CancellationToken cancellationToken)
    {
        foreach (string queue in queues)
        {
            while (Take(queue, cancellationToken) is { Job: { } job } look)
            {
                if (look.Loser is null || _rescue.MayStart(job, look.Loser, look.Waited, look.Rescues))
                    return job;
            }
        }
        return null;
    }

    /// <summary>
    /// Entries that are gone stay in the index for as long as anybody reads an old snapshot, a backup for instance, and every look would
    /// pass over all of them. What lies before the last time at which the queue was empty need not be looked at.
    /// </summary>
    private Look Take(string queue, CancellationToken cancellationToken)
    {
        var horizon = _horizons.GetValueOrDefault(queue);
        bool everywhere = horizon is null || Stopwatch.GetElapsedTime(horizon.LookedEverywhere) > LookEverywhereEvery;
        long began = Stopwatch.GetTimestamp();
        var look = Take(queue, everywhere ? Beginning : horizon!.EmptyAt - CommitTime, cancellationToken);
        if (look.Job is not null)
            parts.Keeper.Track(look.Job);
        else if (look.Calm)
            // Otherwise there may have been entries that could only not be taken over yet.
            _horizons[queue] = new Horizon(look.At, everywhere ? began : horizon!.LookedEverywhere);
        return look;
    }

    /// <summary>One round trip. Where it breaks off after the commit, the entry comes back when the lease of the token that nobody knows runs out.</summary>
    private Look Take(string queue, DateTime from, CancellationToken cancellationToken)
    {
        string owner = parts.Owner.Next();
        return parts.Database.Once(
            () =>
            [
                parts.Database.Statement(
                    "Queues/take.sql",
                    [new("queue", queue), new("owner", owner), new("from", from), Value.Seconds("lease", parts.Options.LeaseDuration), .. parts.Keeper.TakingOver()]),
            ],
            reader => Read(reader, queue, owner), cancellationToken);
    }

    private Look Read(MySqlDataReader reader, string queue, string owner)
    {
        reader.Read();
        bool calm = Number(6) == 1;
        var at = Convert.ToDateTime(reader.GetValue(7));
        if (reader.IsDBNull(0))
            return new Look(null, null, 0, 0, calm, at);
        double waited = Math.Max(0, Number(2)) / 1e6;
        JobStorageMetrics.Fetched(queue, waited);
        return new Look(
            new MySqlFetchedJob(parts, Number(0), Number(1), queue, owner, Number(3)),
            reader.IsDBNull(4) ? null : reader.GetString(4), waited, (int)Number(5), calm, at);

        long Number(int column) => Convert.ToInt64(reader.GetValue(column));
    }
}
