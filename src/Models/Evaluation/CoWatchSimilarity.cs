namespace Pipeline.Models.Evaluation;

/// <summary>
/// Cosine of two titles' columns: the members who have both, over the geometric mean of those who have each. It is counted for one title
/// and all others at once, so that asking for many with the same first title costs little. Not for several threads at once.
/// </summary>
public sealed class CoWatchSimilarity
{
    private readonly CoWatchCounts counts;
    private readonly int[] scratch;
    private int[] row = [];
    private int current = -1;

    internal CoWatchSimilarity(CoWatchCounts counts)
    {
        this.counts = counts;
        scratch = new int[counts.Contents];
    }

    /// <returns>0 to 1; 0 where nobody has one of the two.</returns>
    public double Of(int first, int second)
    {
        if (first == second)
            return 1;
        if (first != current)
            (row, current) = (counts.Row(first, scratch), first);
        return row[second] * counts.Scale(first) * counts.Scale(second);
    }
}
