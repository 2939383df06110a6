using Hangfire.States;
using Pipeline.JobStorage.Jobs;

namespace Pipeline.JobStorage.Queues;

/// <summary>
/// What becomes of a job that was taken over from a worker which lost it. A job that ends its process, by the memory it takes for
/// instance, would otherwise end one process after the other for ever.
/// </summary>
internal sealed class Rescue(StorageParts parts)
{
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(15);

    /// <summary>Whether the job may be started again; where not, it is failed and out of its queue.</summary>
    /// <param name="waited">Seconds since the lease ran out.</param>
    /// <param name="rescues">How often in a row it was taken over, this time included.</param>
    public bool MayStart(MySqlFetchedJob job, string loser, double waited, int rescues)
    {
        JobStorageLog.Rescued(parts.Log, job.JobId, loser, waited, rescues);
        try
        {
            bool givenUp = rescues > parts.Options.RescueLimit && GiveUp(job, loser, rescues);
            JobStorageMetrics.Rescued(givenUp);
            if (givenUp)
                parts.Keeper.Untrack(job);
            return !givenUp;
        }
        catch
        {
            // It comes back when this lease runs out, and is given up then.
            parts.Keeper.Untrack(job);
            throw;
        }
    }

    /// <summary>False for a job that is in no queue's hands any more: its worker, when it is started, finds out and lets go of it.</summary>
    private bool GiveUp(MySqlFetchedJob job, string loser, int rescues)
    {
        using var connection = new MySqlStorageConnection(parts);
        using var stateLock = connection.AcquireDistributedLock(JobId.StateLock(job.Number), LockPatience);
        string? state = connection.GetStateData(job.JobId)?.Name;
        if (state != EnqueuedState.StateName && state != ProcessingState.StateName)
            return false;
        using var transaction = new MySqlWriteTransaction(connection);
        // Not by way of Hangfire's filters: the one that tries failed jobs again would start it again.
        transaction.SetJobState(job.JobId, new FailedState(new JobGivenUpException(job.JobId, rescues, loser))
        {
            Reason = $"{rescues} workers in a row died or were cut off while they had this job",
        });
        transaction.RemoveFromQueue(job);
        transaction.Commit();
        JobStorageLog.GivenUp(parts.Log, job.JobId, rescues, loser);
        return true;
    }
}
