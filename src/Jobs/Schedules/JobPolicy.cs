namespace Pipeline.Jobs.Schedules;

/// <summary>What a time of the timetable does while a run of the job is going on.</summary>
public enum Overlap
{
    /// <summary>It is let pass, and written down as skipped.</summary>
    Skip,

    /// <summary>It waits until the run has ended. What a person asks for always does.</summary>
    Queue,
}

/// <summary>How the runs of a job are treated.</summary>
public sealed record JobPolicy
{
    public const int MostAttempts = 20;

    /// <summary>The longest that backoff grows to.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(6);

    /// <summary>Of a run that fails; 1 for no retries. What a person asks for is tried once: whether to try again is theirs to say.</summary>
    public int Attempts { get; init; } = 3;

    /// <summary>Before the second attempt; each further one waits twice as long.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>That an attempt may take, whoever asked for it; null for any.</summary>
    public TimeSpan? Limit { get; init; }

    public Overlap Overlap { get; init; }

    /// <summary>How long to wait after a failed attempt.</summary>
    /// <param name="attempt">From 1.</param>
    public TimeSpan PauseAfter(int attempt)
    {
        double factor = Math.Pow(2, Math.Min(attempt - 1, 30));
        return Pause.TotalSeconds * factor > LongestPause.TotalSeconds ? LongestPause : Pause * factor;
    }
}
