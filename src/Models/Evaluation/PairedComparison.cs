using System.Globalization;
using System.Text.Json.Serialization;

namespace Pipeline.Models.Evaluation;

/// <summary>Two algorithms over the same members, compared member by member.</summary>
/// <param name="Users">Members compared.</param>
/// <param name="Challenger">Mean.</param>
/// <param name="Baseline">Mean.</param>
/// <param name="DifferenceLow">Lower end of the 95 % interval of the mean difference.</param>
/// <param name="DifferenceHigh">Upper end.</param>
public sealed record PairedComparison(int Users, double Challenger, double Baseline, double DifferenceLow, double DifferenceHigh)
{
    public double Difference => Challenger - Baseline;

    /// <summary>Challenger over baseline; infinite where the baseline has nothing and the challenger something, 1 where neither has.</summary>
    [JsonIgnore]
    public double Ratio => Baseline > 0 ? Challenger / Baseline : Challenger > 0 ? double.PositiveInfinity : 1;

    /// <summary>Better by more than chance: the whole interval is above 0.</summary>
    public bool IsBetter => DifferenceLow > 0;

    /// <summary>Worse by more than chance: the whole interval is below 0.</summary>
    public bool IsWorse => DifferenceHigh < 0;

    /// <summary>A difference as people read it: its sign and four digits.</summary>
    public static string Signed(double difference)
    {
        // Rounded before the sign is chosen: what is a little below 0 would be written -+0.0000.
        var rounded = Math.Round(difference, 4);
        return (rounded == 0 ? 0 : rounded).ToString("+0.0000;-0.0000;+0.0000", CultureInfo.InvariantCulture);
    }

    /// <summary>By <see cref="Bootstrap"/> over the members' differences.</summary>
    /// <param name="seed">The same seed gives the same interval.</param>
    public static PairedComparison Of(ReadOnlySpan<double> challenger, ReadOnlySpan<double> baseline, int seed)
    {
        if (challenger.Length != baseline.Length || challenger.IsEmpty)
            throw new ArgumentException("A paired comparison needs the same members on both sides, and at least one.", nameof(baseline));
        var differences = new double[challenger.Length];
        double challengerSum = 0, baselineSum = 0;
        for (var user = 0; user < differences.Length; user++)
        {
            challengerSum += challenger[user];
            baselineSum += baseline[user];
            differences[user] = challenger[user] - baseline[user];
        }
        var interval = Bootstrap.Intervals([differences], seed)[0];
        return new PairedComparison(
            differences.Length, challengerSum / differences.Length, baselineSum / differences.Length, interval.Low, interval.High);
    }
}
