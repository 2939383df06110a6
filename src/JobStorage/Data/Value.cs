namespace Pipeline.JobStorage.Data;

/// <summary>A parameter of a statement.</summary>
internal readonly record struct Value(string Name, object? Content)
{
    /// <summary>What MySQL's dates can hold, with room: past it the server would silently make a date NULL.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(365 * 100);

    /// <summary>A length of time as seconds, for <c>INTERVAL … SECOND</c>.</summary>
    public static Value Seconds(string name, TimeSpan time)
    {
        var bounded = time > Longest ? Longest : time < -Longest ? -Longest : time;
        return new Value(name, (decimal)bounded.Ticks / TimeSpan.TicksPerSecond);
    }

    /// <summary>A score; MySQL has no infinities.</summary>
    public static Value Score(string name, double score) => new(name, Math.Clamp(score, double.MinValue, double.MaxValue));
}
