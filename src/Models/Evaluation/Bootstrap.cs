namespace Pipeline.Models.Evaluation;

/// <summary>A mean over members and its 95 % interval.</summary>
public readonly record struct Interval(double Mean, double Low, double High);

/// <summary>
/// Percentile bootstrap over members: each resample draws as many members as there are, with everything that was measured of them.
/// B. Efron, R. Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13.
/// </summary>
public static class Bootstrap
{
    public const int Resamples = 1000;

    /// <summary>Intervals of several columns at once; they share the draws, so that they are paired.</summary>
    /// <param name="columns">Each of shape [members], at least one member.</param>
    /// <param name="seed">The same seed gives the same intervals.</param>
    public static Interval[] Intervals(IReadOnlyList<double[]> columns, int seed)
    {
        var means = Means(columns, seed);
        return [.. columns.Select((column, n) =>
        {
            Array.Sort(means[n]);
            return new Interval(column.Average(), Quantile(means[n], 0.025), Quantile(means[n], 0.975));
        })];
    }

    /// <returns>Shape [columns, <see cref="Resamples"/>]: the means of each resample.</returns>
    public static double[][] Means(IReadOnlyList<double[]> columns, int seed)
    {
        ArgumentNullException.ThrowIfNull(columns);
        var members = columns[0].Length;
        if (members == 0 || columns.Any(column => column.Length != members))
            throw new ArgumentException("An interval needs the same members in every column, and at least one.", nameof(columns));
        var random = new Random(seed);
        var draws = new int[members];
        var means = columns.Select(_ => new double[Resamples]).ToArray();
        for (var resample = 0; resample < Resamples; resample++)
        {
            for (var n = 0; n < members; n++)
                draws[n] = random.Next(members);
            for (var column = 0; column < means.Length; column++)
            {
                var (sum, values) = (0.0, columns[column]);
                foreach (var member in draws)
                    sum += values[member];
                means[column][resample] = sum / members;
            }
        }
        return means;
    }

    /// <param name="sorted">Ascending.</param>
    public static double Quantile(double[] sorted, double share)
    {
        ArgumentNullException.ThrowIfNull(sorted);
        return sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
    }
}
