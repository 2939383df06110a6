namespace Pipeline.Models.Evaluation;

/// <summary>One measure of a list against the titles that it should have held.</summary>
/// <param name="Name">As reports write it, before "@k".</param>
/// <param name="Definition">With the denominator, which is where published figures differ.</param>
public sealed record Metric(string Name, string Definition);

/// <summary>The measures, for one member and one cut-off.</summary>
public static class Metrics
{
    /// <summary>In the order of the values of <see cref="Compute"/>.</summary>
    public static IReadOnlyList<Metric> All { get; } =
    [
        new("ndcg", "binary gain 1/log2(rank + 1), over the best possible for min(k, relevant) titles"),
        new("map", "average precision at k, over the number of relevant titles"),
        new("map_min", "average precision at k, over min(k, relevant)"),
        new("precision", "hits over k"),
        new("recall", "hits over the number of relevant titles"),
        new("recall_min", "hits over min(k, relevant)"),
        new("mrr", "1 over the rank of the first hit, 0 without one within k"),
        new("hit_rate", "1 with a hit within k, else 0"),
    ];

    /// <param name="list">Best first; only the first <paramref name="k"/> count, and a shorter list misses the rest.</param>
    /// <param name="relevant">Ascending, not empty.</param>
    /// <param name="values">Shape [<see cref="All"/>].</param>
    public static void Compute(ReadOnlySpan<int> list, ReadOnlySpan<int> relevant, int k, Span<double> values)
    {
        int hits = 0, first = 0;
        double gain = 0, precisions = 0;
        for (var rank = 1; rank <= Math.Min(k, list.Length); rank++)
        {
            if (relevant.BinarySearch(list[rank - 1]) < 0)
                continue;
            hits++;
            first = first == 0 ? rank : first;
            gain += Gain(rank);
            precisions += (double)hits / rank;
        }
        var reachable = Math.Min(k, relevant.Length);
        var ideal = 0.0;
        for (var rank = 1; rank <= reachable; rank++)
            ideal += Gain(rank);
        values[0] = gain / ideal;
        values[1] = precisions / relevant.Length;
        values[2] = precisions / reachable;
        values[3] = (double)hits / k;
        values[4] = (double)hits / relevant.Length;
        values[5] = (double)hits / reachable;
        values[6] = first == 0 ? 0 : 1.0 / first;
        values[7] = hits > 0 ? 1 : 0;
    }

    private static double Gain(int rank) => 1 / Math.Log2(rank + 1);
}
