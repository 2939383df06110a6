namespace Pipeline.JobStorage;

/// <summary>
/// Another worker has the job, or finished it, while this one was away: nothing of this transaction was written. Hangfire tries the
/// change of state again, is told that there is no such job for it any more, and lets go of it.
/// </summary>
public sealed class JobLeaseLostException(string jobId) : Exception($"job {jobId} is no longer held by this worker; nothing was written");

/// <summary>
/// Why a job is failed that ended, or seems to have ended, one worker's process after the other: it is not started again by itself. See
/// <see cref="MySqlJobStorageOptions.RescueLimit"/>.
/// </summary>
public sealed class JobGivenUpException(string jobId, int rescues, string loser)
    : Exception($"job {jobId} was lost by {rescues} workers in a row, the last of them {loser}: see whether it ends its process, and queue it again");

/// <summary>A distributed lock ran out and may be somebody else's by now: nothing of the transaction under it was written.</summary>
public sealed class LockLostException(string resource) : Exception($"the lock {resource} is no longer held; nothing was written");
