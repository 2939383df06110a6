namespace Pipeline.JobStorage;

/// <summary>
/// Another worker has the job, or finished it, while this one was away: nothing of this transaction was written. Hangfire tries the
/// change of state again, is told that there is no such job for it any more, and lets go of it.
/// </summary>
public sealed class JobLeaseLostException(string jobId) : Exception($"job {jobId} is no longer held by this worker; nothing was written");

/// <summary>A distributed lock ran out and may be somebody else's by now: nothing of the transaction under it was written.</summary>
public sealed class LockLostException(string resource) : Exception($"the lock {resource} is no longer held; nothing was written");
