namespace Pipeline.Jobs.Runs;

/// <summary>A piece of work that the timetable or a person starts. Runs of it are leased, recorded and fenced by <see cref="RunLedger"/>.</summary>
public interface IJob
{
    /// <summary>As the timetable and the command line write it.</summary>
    string Name { get; }

    /// <summary>Does the work. What it publishes, it publishes under <see cref="JobRun.Lease"/>.</summary>
    /// <param name="cancellationToken">Also cancelled when the lease is lost.</param>
    Task<JobOutcome> RunAsync(JobRun run, CancellationToken cancellationToken);
}

/// <summary>A run that came to its end; one that could not throws.</summary>
/// <param name="SkippedBecause">Why there was nothing new to do; null where there was.</param>
/// <param name="FailedBecause">Why what was asked for cannot be; null where it can.</param>
/// <param name="Note">What is to be known of work that was done; null where that goes without saying.</param>
public readonly record struct JobOutcome(string? SkippedBecause = null, string? FailedBecause = null, string? Note = null)
{
    public static JobOutcome Done => default;

    public static JobOutcome DoneWith(string note) => new(Note: note);

    public static JobOutcome Skipped(string reason) => new(SkippedBecause: reason);

    /// <summary>What was asked for cannot be: no bug and no bad weather, so the reason is all there is to tell.</summary>
    public static JobOutcome Failed(string reason) => new(FailedBecause: reason);
}
