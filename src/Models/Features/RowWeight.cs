namespace Pipeline.Models.Features;

/// <summary>What the confidences of a row add up to.</summary>
/// <param name="Total">Σ |c|.</param>
/// <param name="Preferred">Σ max(c, 0): the objective of a row of zeros.</param>
internal readonly record struct RowWeight(double Total, double Preferred)
{
    /// <summary>The weight of <paramref name="count"/> confidences of 1.</summary>
    public static RowWeight Ones(int count) => new(count, count);

    public static RowWeight Of(ReadOnlySpan<float> confidences)
    {
        double total = 0, signed = 0;
        foreach (var confidence in confidences)
        {
            total += Math.Abs(confidence);
            signed += confidence;
        }
        // |c| + c is twice c where it is above 0, and nothing where it is not.
        return new RowWeight(total, (total + signed) / 2);
    }
}
