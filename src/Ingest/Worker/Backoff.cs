namespace Pipeline.Ingest.Worker;

/// <summary>
/// How long to wait before the next attempt: doubling up to a bound, and between half and all of that by chance, so that workers which
/// lost the same server do not come back to it at the same moment.
/// </summary>
internal sealed class Backoff(Random random)
{
    public static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();

    /// <param name="attempt">0 after the first failure.</param>
    public TimeSpan After(int attempt)
    {
        var whole = TimeSpan.FromTicks(Math.Min(Longest.Ticks, First.Ticks << Math.Min(attempt, 16)));
        lock (_lock)
            return whole * (0.5 + (random.NextDouble() / 2));
    }
}
