namespace Pipeline.Generator;

/// <summary>A country that members watch from.</summary>
/// <param name="Share">Of all members.</param>
/// <param name="UtcOffset">Fixed: daylight saving would move the evening peak by an hour and nothing else.</param>
/// <param name="Languages">The first is what most members there speak.</param>
public sealed record Region(string Code, double Share, TimeSpan UtcOffset, string[] Languages, string[] Isps, string[] Edges)
{
    public static readonly IReadOnlyList<Region> All =
    [
        new("KR", 0.58, TimeSpan.FromHours(9), ["ko", "en"], ["kt", "skb", "lgu"], ["edge-icn-1", "edge-icn-2", "edge-pus-1"]),
        new("JP", 0.14, TimeSpan.FromHours(9), ["ja", "en"], ["ntt", "kddi", "softbank"], ["edge-nrt-1", "edge-kix-1"]),
        new("US", 0.14, TimeSpan.FromHours(-6), ["en", "es"], ["comcast", "verizon", "att", "charter"], ["edge-iad-1", "edge-sjc-1", "edge-dfw-1"]),
        new("CA", 0.06, TimeSpan.FromHours(-5), ["en", "fr"], ["rogers", "bell", "telus"], ["edge-yyz-1"]),
        new("DE", 0.08, TimeSpan.FromHours(1), ["de", "en"], ["telekom", "vodafone", "o2"], ["edge-fra-1", "edge-ham-1"]),
    ];

    // How much is watched in each hour of the local day, relative to the busiest.
    private static readonly double[] Weekday =
        [0.35, 0.18, 0.09, 0.05, 0.04, 0.05, 0.10, 0.18, 0.20, 0.16, 0.16, 0.20, 0.28, 0.24, 0.20, 0.22, 0.28, 0.38, 0.52, 0.70, 0.90, 1.00, 0.92, 0.62];

    private static readonly double[] Weekend =
        [0.55, 0.34, 0.18, 0.09, 0.06, 0.06, 0.09, 0.16, 0.28, 0.42, 0.52, 0.58, 0.62, 0.66, 0.68, 0.70, 0.72, 0.76, 0.84, 0.96, 1.10, 1.15, 1.02, 0.76];

    /// <summary>Relative intensity of watching at a moment, from the local hour and the day of the week.</summary>
    public double Intensity(DateTime utc)
    {
        var local = utc + UtcOffset;
        var curve = local.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? Weekend : Weekday;
        var (hour, next) = (local.Hour, (local.Hour + 1) % 24);
        var within = local.Minute / 60.0;
        return (curve[hour] * (1 - within)) + (curve[next] * within);
    }
}
