using Pipeline.Models.Features;

namespace Pipeline.Models.Evaluation;

/// <summary>
/// Cosine of two titles' columns: the members who have both, over the geometric mean of those who have each. What was computed is
/// remembered, since lists of many members are made of the same titles. Not for several threads at once.
/// </summary>
public sealed class CoWatchSimilarity(SparseMatrix byContent)
{
    // 16 bytes a pair and some: 200 MB at most.
    private const int MaxRemembered = 4_000_000;

    private readonly Dictionary<long, float> remembered = [];

    /// <returns>0 to 1; 0 where nobody has one of the two.</returns>
    public double Of(int first, int second)
    {
        if (first == second)
            return 1;
        var key = first < second ? ((long)first << 32) | (uint)second : ((long)second << 32) | (uint)first;
        if (remembered.TryGetValue(key, out var known))
            return known;
        var cosine = Cosine(byContent.Columns(first), byContent.Columns(second));
        if (remembered.Count < MaxRemembered)
            remembered.Add(key, cosine);
        return cosine;
    }

    private static float Cosine(ReadOnlySpan<int> first, ReadOnlySpan<int> second)
    {
        if (first.IsEmpty || second.IsEmpty)
            return 0;
        int common = 0, n = 0, m = 0;
        while (n < first.Length && m < second.Length)
        {
            if (first[n] == second[m])
                common++;
            // Without branches on the order, which is a coin toss.
            var (left, right) = (first[n], second[m]);
            n += left <= right ? 1 : 0;
            m += right <= left ? 1 : 0;
        }
        return (float)(common / Math.Sqrt((double)first.Length * second.Length));
    }
}
