namespace Pipeline.Generator;

/// <summary>Draws an index with a given weight in constant time.</summary>
/// <remarks>Vose, "A linear algorithm for generating random numbers with a given distribution", 1991.</remarks>
public sealed class AliasTable
{
    private readonly double[] _keep;
    private readonly int[] _alias;

    /// <param name="weights">Not negative, not all zero.</param>
    public AliasTable(ReadOnlySpan<double> weights)
    {
        var n = weights.Length;
        _keep = new double[n];
        _alias = new int[n];
        foreach (var weight in weights)
            Total += weight;

        var small = new Stack<int>();
        var large = new Stack<int>();
        for (var i = 0; i < n; i++)
        {
            _keep[i] = weights[i] * n / Total;
            _alias[i] = i;
            (_keep[i] < 1 ? small : large).Push(i);
        }
        while (small.Count > 0 && large.Count > 0)
        {
            var (less, more) = (small.Pop(), large.Pop());
            _alias[less] = more;
            _keep[more] -= 1 - _keep[less];
            (_keep[more] < 1 ? small : large).Push(more);
        }
        // What rounding left over is a full column.
        foreach (var i in small.Concat(large))
            _keep[i] = 1;
    }

    public double Total { get; }

    public int Draw(ref Random64 random)
    {
        var i = random.Below(_keep.Length);
        return random.Chance(_keep[i]) ? i : _alias[i];
    }
}
