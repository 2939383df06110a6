namespace Pipeline.Models.Popularity;

/// <summary>A stretch of time before the instant that popularity stands for.</summary>
/// <param name="Name">As readers ask for it.</param>
/// <param name="HalfLife">Age at which watching adds half as much to the score; a quarter of the window.</param>
public sealed record PopularityWindow(string Name, TimeSpan Length, TimeSpan HalfLife)
{
    public static IReadOnlyList<PopularityWindow> All { get; } =
    [
        Of("1h", TimeSpan.FromHours(1)),
        Of("24h", TimeSpan.FromHours(24)),
        Of("7d", TimeSpan.FromDays(7)),
        Of("28d", TimeSpan.FromDays(28)),
    ];

    private static PopularityWindow Of(string name, TimeSpan length) => new(name, length, length / 4);
}

/// <summary>Some seconds of a title, watched.</summary>
/// <param name="Region">ISO 3166 alpha-2; null or empty counts for all regions together only.</param>
/// <param name="At">UTC.</param>
/// <param name="DurationSeconds">Runtime of the title, as the event has it; 0 where it did not say.</param>
public readonly record struct WatchTime(
    long UserId, long ContentId, string? Region, DateTime At, double WatchedSeconds, double DurationSeconds);

/// <param name="Rank">From 1; by score, equal scores by content id.</param>
/// <param name="Views">Hours watched over the title's runtime.</param>
/// <param name="UniqueViewers">Members who watched more than two minutes of the title within the window.</param>
/// <param name="Score">Views, each weighted by 2^(−age / half-life).</param>
public readonly record struct PopularTitle(
    string Window, string Region, long ContentId, int Rank, double Views, int UniqueViewers, double HoursWatched, double Score);
