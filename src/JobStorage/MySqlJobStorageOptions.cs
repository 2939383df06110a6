namespace Pipeline.JobStorage;

/// <summary>How the storage works. The defaults suit jobs from milliseconds to days; every property names its unit and its trade.</summary>
public sealed record MySqlJobStorageOptions
{
    /// <summary>What every table's name begins with. One database holds several storages under different prefixes, which never meet.</summary>
    public string TablePrefix { get; init; } = "hangfire_";

    /// <summary>
    /// How long a worker that says nothing keeps its job (1 s or more); it says something five times as often. Shorter brings a dead
    /// worker's job back sooner, and takes it sooner from one that is alive but cut off.
    /// </summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How often a process with idle workers looks for jobs that other processes queued; its own wake it at once. Shorter finds them
    /// sooner for more looks: each is one small statement for every queue that the process serves, however many workers it has.
    /// </summary>
    public TimeSpan QueuePollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a silent process keeps its distributed locks (1 s or more). Shorter frees a dead process's locks sooner, and takes them
    /// sooner from one that is alive but cut off; its writes under them are then refused.
    /// </summary>
    public TimeSpan LockLease { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a deadlock, a lock wait or an absent server is tried against before the caller sees the error; zero for not at all.
    /// Longer rides out longer outages, and keeps callers waiting through them.
    /// </summary>
    public TimeSpan RetryFor { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How often in a row a job is taken over from workers that died with it before it counts as the cause, and is failed. More outlives
    /// more accidents, and lets a job that ends its process take more processes along.
    /// </summary>
    public int RescueLimit { get; init; } = 3;

    /// <summary>How often expired rows are removed. Shorter keeps tables smaller for more, smaller deletes.</summary>
    public TimeSpan ExpirationInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How many expired rows of a table go in one transaction. More is quicker, and holds locks for longer.</summary>
    public int ExpirationBatch { get; init; } = 1_000;

    /// <summary>How often counters' increments are added up. Shorter keeps statistics quick to read for more small transactions.</summary>
    public TimeSpan AggregationInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Jobs of one state are counted up to this number for the dashboard. Higher is exact for longer histories, and slower to show.</summary>
    public int DashboardCountLimit { get; init; } = 100_000;

    /// <summary>
    /// Whether the tables are created and brought forward on first use. False leaves it to <see cref="MySqlJobStorage.Migrate"/> under an
    /// account that may change tables, and the rest runs under one that may not.
    /// </summary>
    public bool PrepareSchema { get; init; } = true;

    internal TimeSpan ShortestLease => LeaseDuration < LockLease ? LeaseDuration : LockLease;

    /// <exception cref="ArgumentOutOfRangeException">A property cannot have its value.</exception>
    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(LeaseDuration, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(LockLease, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(QueuePollInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(RetryFor, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ExpirationInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(AggregationInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(RescueLimit, 0);
        ArgumentOutOfRangeException.ThrowIfLessThan(ExpirationBatch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(DashboardCountLimit, 1);
    }
}
