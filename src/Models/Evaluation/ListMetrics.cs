using Pipeline.Models.Features;
using Pipeline.Models.Kernels;

namespace Pipeline.Models.Evaluation;

/// <summary>
/// Measures of what a list is made of, whether it is right or not. n_i is the number of training members who wanted title i, U that of
/// all training members, L the first k titles of a list.
/// </summary>
public sealed class ListMetrics
{
    /// <summary>Longest list whose diversity is measured: pairs grow with the square.</summary>
    public const int MaxDiversityLength = 20;

    private readonly SparseMatrix wantedBy;
    private readonly GroupDivergence divergence;
    private readonly CoWatchSimilarity similarity;
    private readonly double[] novelty;

    /// <param name="groups">Over the titles of <paramref name="train"/>.</param>
    public ListMetrics(InteractionMatrix train, ContentGroups groups)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(groups);
        if (groups.Weights.RowCount != train.Contents.Count)
            throw new ArgumentException("The groups are not those of the training data's titles.", nameof(groups));
        divergence = new GroupDivergence(groups);
        wantedBy = train.ByContent.Positive();
        similarity = new CoWatchSimilarity(new CoWatchCounts(wantedBy));
        novelty = new double[train.Contents.Count];
        for (var content = 0; content < novelty.Length; content++)
            novelty[content] = PortableMath.Log2((double)train.Users.Count / Math.Max(1, wantedBy.RowLength(content)));
    }

    /// <summary>
    /// <c>1/|L| Σ_{i∈L} log2(|U| / n_i)</c>, bits; a title that nobody wanted counts as if one member had. T. Zhou et al., "Solving the
    /// Apparent Diversity-Accuracy Dilemma of Recommender Systems", PNAS 2010.
    /// </summary>
    public static Metric Novelty { get; } = new("novelty", "mean self-information log2(members / members who wanted the title), bits");

    /// <summary>
    /// <c>2/(|L|(|L|−1)) Σ_{i&lt;j∈L} (1 − cos(i, j))</c>, the cosine being that of <see cref="CoWatchSimilarity"/>. C.-N. Ziegler et al.,
    /// "Improving Recommendation Lists Through Topic Diversification", WWW 2005, as a distance.
    /// </summary>
    public static Metric Diversity { get; } = new("diversity", $"mean 1 - cosine of the pairs of a list, by members in common; up to k = {MaxDiversityLength}");

    /// <summary>
    /// <c>KL(p‖q̃) = Σ_g p(g) ln(p(g) / q̃(g))</c> with p(g) the groups of the history, weighted by confidence, q(g) those of the list and
    /// <c>q̃ = 0.99 q + 0.01 p</c>. H. Steck, "Calibrated Recommendations", RecSys 2018. 0 for a history without a wanted title.
    /// </summary>
    public static Metric Calibration { get; } = new("calibration", "KL divergence of the list's groups from the history's, nats; 0 is calibrated", HigherIsBetter: false);

    /// <summary>
    /// <c>mean_{i∈L} n_i / mean_{i∈H} n_i − 1</c>, H being the history: how much more popular the list is than what the member has. The lift
    /// of H. Abdollahpouri et al., "The Connection Between Popularity Bias, Calibration, and Fairness in Recommendation", RecSys 2020,
    /// member by member. 0 for an empty history.
    /// </summary>
    public static Metric PopularityBias { get; } = new("popularity_bias", "popularity of the list over that of the history, less 1; 0 is none", HigherIsBetter: null);

    /// <summary>Measures of one member's list, in the order of the values of <see cref="Compute"/>.</summary>
    public static IReadOnlyList<Metric> All { get; } = [Novelty, Diversity, Calibration, PopularityBias];

    /// <summary><c>|∪ L| / |I|</c>; M. Ge et al., "Beyond Accuracy: Evaluating Recommender Systems by Coverage and Serendipity", RecSys 2010.</summary>
    public static Metric Coverage { get; } = new("coverage", "share of the catalogue on any list");

    /// <summary>
    /// <c>2 Σ_j j·p_j − 1</c> with p_j the share of all places that the j-th most listed title takes: 1 where all lists hold one title, |I|
    /// where every title stands equally often. C. Gomez-Uribe, N. Hunt, "The Netflix Recommender System", TMIS 2015.
    /// </summary>
    public static Metric CatalogueSize { get; } = new("catalogue_size", "effective catalogue size, titles: 2 x mean place of a listed title among the most listed, less 1");

    /// <summary>Measures of all lists together.</summary>
    public static IReadOnlyList<Metric> OfAllLists { get; } = [Coverage, CatalogueSize];

    /// <param name="list">Best first; the first <paramref name="k"/> count.</param>
    /// <param name="history">Content indexes, with signed confidences.</param>
    /// <param name="values">Shape [<see cref="All"/>]; NaN where a measure is not taken at this k.</param>
    public void Compute(ReadOnlySpan<int> list, ReadOnlySpan<int> history, ReadOnlySpan<float> confidences, int k, Span<double> values)
    {
        list = list[..Math.Min(k, list.Length)];
        values[0] = MeanNovelty(list);
        values[1] = k <= MaxDiversityLength ? MeanDistance(list) : double.NaN;
        values[2] = Divergence(list, history, confidences);
        values[3] = Lift(list, history);
    }

    /// <param name="counts">How often each title is listed.</param>
    public static double EffectiveSize(IEnumerable<int> counts)
    {
        var sorted = counts.Where(count => count > 0).OrderDescending().ToArray();
        double total = sorted.Sum(count => (double)count), places = 0;
        for (var n = 0; n < sorted.Length; n++)
            places += (n + 1) * (sorted[n] / total);
        return sorted.Length == 0 ? 0 : 2 * places - 1;
    }

    private double MeanNovelty(ReadOnlySpan<int> list)
    {
        var sum = 0.0;
        foreach (var item in list)
            sum += novelty[item];
        return list.IsEmpty ? 0 : sum / list.Length;
    }

    private double MeanDistance(ReadOnlySpan<int> list)
    {
        var sum = 0.0;
        for (var n = 1; n < list.Length; n++)
        {
            for (var m = 0; m < n; m++)
                sum += 1 - similarity.Of(list[n], list[m]);
        }
        return list.Length < 2 ? 0 : sum / (list.Length * (list.Length - 1) / 2);
    }

    private double Divergence(ReadOnlySpan<int> list, ReadOnlySpan<int> history, ReadOnlySpan<float> confidences)
    {
        if (!divergence.Begin(history, confidences))
            return 0;
        foreach (var item in list)
            divergence.Take(item);
        return divergence.Value();
    }

    private double Lift(ReadOnlySpan<int> list, ReadOnlySpan<int> history)
    {
        var before = MeanPopularity(history);
        return before == 0 ? 0 : MeanPopularity(list) / before - 1;
    }

    private double MeanPopularity(ReadOnlySpan<int> items)
    {
        var sum = 0L;
        foreach (var item in items)
            sum += wantedBy.RowLength(item);
        return items.IsEmpty ? 0 : (double)sum / items.Length;
    }
}
