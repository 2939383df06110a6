namespace Pipeline.Models.Evaluation;

/// <summary>Measures of one algorithm under one split.</summary>
public sealed class EvaluationResult
{
    private readonly IReadOnlyDictionary<string, double[]> perUser;

    internal EvaluationResult(string algorithm, IReadOnlyDictionary<string, double[]> perUser, IReadOnlyDictionary<int, int[]> listed)
    {
        Algorithm = algorithm;
        this.perUser = perUser;
        Listed = listed;
        var means = perUser.Select(entry => KeyValuePair.Create(entry.Key, entry.Value.Average()));
        var ofAllLists = listed.SelectMany(entry => new KeyValuePair<string, double>[]
        {
            new(Measure(ListMetrics.Coverage, entry.Key), (double)entry.Value.Count(count => count > 0) / entry.Value.Length),
            new(Measure(ListMetrics.CatalogueSize, entry.Key), ListMetrics.EffectiveSize(entry.Value)),
        });
        Means = means.Concat(ofAllLists).ToDictionary();
    }

    /// <summary>One result of several, each of cut-offs of its own.</summary>
    public static EvaluationResult Of(IReadOnlyList<EvaluationResult> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        return new EvaluationResult(parts[0].Algorithm, parts.SelectMany(part => part.perUser).ToDictionary(), parts.SelectMany(part => part.Listed).ToDictionary());
    }

    public string Algorithm { get; }

    /// <summary>Mean over the evaluated members, by name such as <c>ndcg@10</c>; and the measures of all lists together.</summary>
    public IReadOnlyDictionary<string, double> Means { get; }

    /// <summary>How often each title stands on a list of k titles, by k.</summary>
    public IReadOnlyDictionary<int, int[]> Listed { get; }

    /// <summary>Names of what was measured of each member.</summary>
    public IEnumerable<string> UserMeasures => perUser.Keys;

    /// <summary>One measure of every evaluated member, in their order.</summary>
    public ReadOnlySpan<double> PerUser(string measure) => perUser[measure];

    /// <summary>Means with their 95 % intervals, by name.</summary>
    /// <param name="seed">The same seed gives the same intervals.</param>
    public IReadOnlyDictionary<string, Interval> Intervals(int seed) =>
        perUser.Keys.Zip(Bootstrap.Intervals([.. perUser.Values], seed)).ToDictionary(pair => pair.First, pair => pair.Second);

    /// <summary>A metric's name at a cut-off, such as <c>ndcg@10</c>.</summary>
    public static string Measure(Metric metric, int cutoff)
    {
        ArgumentNullException.ThrowIfNull(metric);
        return $"{metric.Name}@{cutoff}";
    }
}
