using Pipeline.JobStorage.Data;

namespace Pipeline.JobStorage.Queues;

/// <summary>
/// Takes jobs from queues: the first entry that is available and that nobody else is taking at this moment. Entries of other workers lie
/// in the future of the index, so neither they nor finished jobs are read.
/// </summary>
internal sealed class Fetch(StorageParts parts)
{
    /// <summary>Waits for a job of the queues, the first named first.</summary>
    /// <exception cref="OperationCanceledException">There was none before the token was cancelled.</exception>
    public MySqlFetchedJob Next(string[] queues, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return TryNext(queues, cancellationToken)
            ?? parts.Signals.Gate(queues).Watch(() => TryNext(queues, cancellationToken), parts.Options.QueuePollInterval, cancellationToken);
    }

    private MySqlFetchedJob? TryNext(string[] queues, CancellationToken cancellationToken)
    {
        foreach (string queue in queues)
        {
            if (Take(queue, parts.Owner.Next(), cancellationToken) is { } taken)
                return taken;
        }
        return null;
    }

    /// <summary>One round trip. Where it breaks off after the commit, the entry comes back when the lease of the token that nobody knows runs out.</summary>
    private MySqlFetchedJob? Take(string queue, string owner, CancellationToken cancellationToken)
    {
        var statement = parts.Database.Statement(
            "Queues/take.sql", new("queue", queue), new("owner", owner), Value.Seconds("lease", parts.Options.LeaseDuration));
        var job = parts.Database.Once([statement], reader =>
        {
            if (!reader.Read() || reader.IsDBNull(0))
                return null;
            JobStorageMetrics.Fetched(queue, Math.Max(0, Convert.ToDouble(reader.GetValue(2))) / 1e6);
            return new MySqlFetchedJob(parts, Convert.ToInt64(reader.GetValue(0)), Convert.ToInt64(reader.GetValue(1)), queue, owner, Convert.ToInt64(reader.GetValue(3)));
        }, cancellationToken);
        if (job is not null)
            parts.Keeper.Track(job);
        return job;
    }
}
