namespace Pipeline.Generator;

/// <param name="Events">Lines to write, duplicates and broken ones included.</param>
public sealed record GenerateOptions(long Events = 200_000, int Members = 5_000, int Titles = 1_000, long Seed = 1, int Days = 28)
{
    public static readonly DateTimeOffset DefaultUntil = new(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The end of the time that is told. Fixed unless given, so that the same arguments give the same bytes.</summary>
    public DateTimeOffset Until { get; init; } = DefaultUntil;
}
