namespace Pipeline.Models.Training;

/// <summary>Parameters of time-decayed counts.</summary>
public sealed record TrendingParameters
{
    /// <summary>The name in settings and registry.</summary>
    public const string AlgorithmName = "trending";

    /// <summary>Days after which an interaction counts half.</summary>
    public double HalfLifeDays { get; init; } = 7;

    internal static SettingTable<TrendingParameters> Table { get; } = new(AlgorithmName, new TrendingParameters(),
    [
        SettingEntry.Number<TrendingParameters>(
            "half-life-days", "age at which an interaction counts half", 0, double.PositiveInfinity,
            p => p.HalfLifeDays, (p, value) => p with { HalfLifeDays = value }, exclusive: true),
    ]);
}
