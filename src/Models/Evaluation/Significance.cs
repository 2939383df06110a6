using Pipeline.Models.Kernels;

namespace Pipeline.Models.Evaluation;

/// <summary>How sure a loss is, and how sure the surest of several are.</summary>
internal static class Significance
{
    /// <summary>Fewer members say nothing: among so few the same differences come by chance.</summary>
    public const int FewestMembers = 5;

    /// <summary>
    /// Probability of a mean paired difference as low as this where there is no loss: Student's t with n − 1 degrees of freedom, one-sided,
    /// brought to the normal distribution (M. Abramowitz, I. Stegun, "Handbook of Mathematical Functions", 1964, 26.7.8).
    /// </summary>
    public static double OfLoss(ReadOnlySpan<double> challenger, ReadOnlySpan<double> baseline)
    {
        var count = challenger.Length;
        if (count < FewestMembers)
            return 1;
        double sum = 0, squares = 0;
        for (var n = 0; n < count; n++)
            sum += challenger[n] - baseline[n];
        var mean = sum / count;
        for (var n = 0; n < count; n++)
            squares += (challenger[n] - baseline[n] - mean) * (challenger[n] - baseline[n] - mean);
        if (mean >= 0)
            return 1;
        var freedom = count - 1.0;
        var t = mean / Math.Sqrt(squares / freedom / count);
        return double.IsFinite(t) ? Normal(t * (1 - (1 / (4 * freedom))) / Math.Sqrt(1 + (t * t / (2 * freedom)))) : 0;
    }

    /// <summary>
    /// Which of several losses hold together, such that where there is none, one is found in at most <paramref name="rate"/> of all cases.
    /// S. Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of Statistics 1979.
    /// </summary>
    public static bool[] Holm(IReadOnlyList<double> probabilities, double rate)
    {
        var held = new bool[probabilities.Count];
        var left = probabilities.Count;
        foreach (var n in Enumerable.Range(0, probabilities.Count).OrderBy(n => probabilities[n]))
        {
            if (probabilities[n] > rate / left--)
                break;
            held[n] = true;
        }
        return held;
    }

    // Φ for z below 0; Abramowitz and Stegun, 26.2.17, within 7.5e-8.
    private static double Normal(double z)
    {
        var t = 1 / (1 - (0.2316419 * z));
        var sum = t * (0.319381530 + (t * (-0.356563782 + (t * (1.781477937 + (t * (-1.821255978 + (t * 1.330274429))))))));
        return PortableMath.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI) * sum;
    }
}
