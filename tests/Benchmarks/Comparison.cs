using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Pipeline.Benchmarks;

/// <summary>One thing that was measured in every round.</summary>
/// <param name="Values">One per round, in <see cref="Comparison.Unit"/>.</param>
public sealed record Series(string Name, IReadOnlyList<double> Values)
{
    public double Median
    {
        get
        {
            double[] sorted = [.. Values.Order()];
            return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
        }
    }
}

/// <summary>Ours, and what it is held against.</summary>
/// <param name="Bar">The ratio, or the figure, that ours must reach, in words.</param>
/// <param name="Ratio">Ours against the bar's floor; null where the bar is a figure.</param>
public sealed record Comparison(string Name, string Unit, IReadOnlyList<Series> Series, double? Ratio, string Bar)
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Name} ({Unit}): median [lowest, highest] of {Series[0].Values.Count}");
        foreach (var series in Series)
            text.AppendLine(CultureInfo.InvariantCulture, $"  {series.Name,-44} {Figure(series.Median),12} [{Figure(series.Values.Min())}, {Figure(series.Values.Max())}]");
        if (Ratio is { } ratio)
            text.AppendLine(CultureInfo.InvariantCulture, $"  ratio {ratio:F2}");
        text.Append(CultureInfo.InvariantCulture, $"  bar: {Bar}");
        return text.ToString();
    }

    /// <summary>Milliseconds have their tenths, thousands have not.</summary>
    private static string Figure(double value) => value.ToString(Math.Abs(value) < 100 ? "N1" : "N0", CultureInfo.InvariantCulture);
}
