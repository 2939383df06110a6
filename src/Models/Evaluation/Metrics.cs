using Pipeline.Models.Kernels;

namespace Pipeline.Models.Evaluation;

/// <summary>One measure of a list.</summary>
/// <param name="Name">As reports write it, before "@k".</param>
/// <param name="Definition">With the denominator, which is where published figures differ.</param>
/// <param name="HigherIsBetter">Null where neither end is good as such.</param>
public sealed record Metric(string Name, string Definition, bool? HigherIsBetter = true);

/// <summary>
/// Measures of a list against the titles that it should have held, for one member and one cut-off k. R is the set of relevant titles,
/// h_r is 1 where the title at rank r (from 1) is one of them and 0 elsewhere. A list shorter than k misses the rest.
/// </summary>
public static class Metrics
{
    /// <summary>
    /// <c>Σ_{r≤k} h_r / log2(r + 1)</c> over the same sum of the best list, <c>Σ_{r≤min(k,|R|)} 1 / log2(r + 1)</c>. K. Järvelin,
    /// J. Kekäläinen, "Cumulated Gain-Based Evaluation of IR Techniques", TOIS 2002, with binary gain.
    /// </summary>
    public static Metric Ndcg { get; } = new("ndcg", "binary gain 1/log2(rank + 1), over the best possible for min(k, relevant) titles");

    /// <summary>
    /// <c>1/|R| Σ_{r≤k} h_r · precision@r</c>: the mean over members is MAP as in C. Manning, P. Raghavan, H. Schütze, "Introduction to
    /// Information Retrieval", 2008, section 8.4, cut off at k. Microsoft Recommenders' and Gorse's tables divide like this.
    /// </summary>
    public static Metric Map { get; } = new("map", "average precision at k, over the number of relevant titles");

    /// <summary><c>1/min(k,|R|) Σ_{r≤k} h_r · precision@r</c>: MAP@k as Kaggle and RecBole divide, so that a full list reaches 1.</summary>
    public static Metric MapMin { get; } = new("map_min", "average precision at k, over min(k, relevant)");

    /// <summary><c>1/k Σ_{r≤k} h_r</c>; Manning et al., section 8.3.</summary>
    public static Metric Precision { get; } = new("precision", "hits over k");

    /// <summary><c>1/|R| Σ_{r≤k} h_r</c>; Manning et al., section 8.3.</summary>
    public static Metric Recall { get; } = new("recall", "hits over the number of relevant titles");

    /// <summary><c>1/min(k,|R|) Σ_{r≤k} h_r</c>: Recall@k of D. Liang et al., "Variational Autoencoders for Collaborative Filtering", WWW 2018.</summary>
    public static Metric RecallMin { get; } = new("recall_min", "hits over min(k, relevant)");

    /// <summary>
    /// <c>1 / min{r ≤ k : h_r = 1}</c>, 0 without a hit; the mean is MRR of E. Voorhees, "The TREC-8 Question Answering Track Report", 1999.
    /// </summary>
    public static Metric Mrr { get; } = new("mrr", "1 over the rank of the first hit, 0 without one within k");

    /// <summary><c>max_{r≤k} h_r</c>; M. Deshpande, G. Karypis, "Item-Based Top-N Recommendation Algorithms", TOIS 2004.</summary>
    public static Metric HitRate { get; } = new("hit_rate", "1 with a hit within k, else 0");

    /// <summary>In the order of the values of <see cref="Compute"/>.</summary>
    public static IReadOnlyList<Metric> All { get; } = [Ndcg, Map, MapMin, Precision, Recall, RecallMin, Mrr, HitRate];

    /// <summary>
    /// <c>Σ_{i∈R} Σ_{j∉R} [i before j] / (|R| · |not R|)</c> over all titles that the member does not have. S. Rendle et al., "BPR: Bayesian
    /// Personalized Ranking from Implicit Feedback", UAI 2009, section 3. It has no cut-off.
    /// </summary>
    public static Metric Auc { get; } = new("auc", "share of pairs of a relevant and another title that stand in the right order, over the whole catalogue; a half for pairs that a model leaves off its list");

    /// <param name="list">Best first; only the first <paramref name="k"/> count.</param>
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

    /// <param name="ranking">Titles that the member does not have, best first; those that are missing come after them, in no order.</param>
    /// <param name="relevant">Ascending, not empty.</param>
    /// <param name="candidates">Titles that the member does not have.</param>
    /// <returns>½ where everything is relevant and there is nothing to tell apart.</returns>
    public static double ComputeAuc(ReadOnlySpan<int> ranking, ReadOnlySpan<int> relevant, int candidates)
    {
        var others = candidates - relevant.Length;
        if (others <= 0)
            return 0.5;
        var ordered = 0.0;
        var found = 0;
        for (var rank = 0; rank < ranking.Length && found < relevant.Length; rank++)
        {
            if (relevant.BinarySearch(ranking[rank]) < 0)
                continue;
            // Of the titles before this one, all but the relevant ones found so far are wrongly before it.
            ordered += others - (rank - found);
            found++;
        }
        var missing = relevant.Length - found;
        if (missing > 0)
            ordered += missing * (others - (ranking.Length - found)) / 2.0;
        return ordered / ((long)relevant.Length * others);
    }

    private static double Gain(int rank) => 1 / PortableMath.Log2(rank + 1);
}
