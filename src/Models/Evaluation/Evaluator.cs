using Pipeline.Models.Ranking;
using Pipeline.Models.Training;

namespace Pipeline.Models.Evaluation;

/// <summary>Measures of one algorithm under one split.</summary>
public sealed class EvaluationResult
{
    private readonly Dictionary<string, double[]> perUser;

    internal EvaluationResult(string algorithm, Dictionary<string, double[]> perUser, Dictionary<string, double> coverage)
    {
        Algorithm = algorithm;
        this.perUser = perUser;
        Means = perUser.Select(entry => KeyValuePair.Create(entry.Key, entry.Value.Average())).Concat(coverage).ToDictionary();
    }

    public string Algorithm { get; }

    /// <summary>
    /// Mean over the evaluated members, by name such as <c>ndcg@10</c>; and <c>coverage@10</c>, the share of the catalogue on any list.
    /// </summary>
    public IReadOnlyDictionary<string, double> Means { get; }

    /// <summary>One measure of every evaluated member, in their order.</summary>
    public ReadOnlySpan<double> PerUser(string measure) => perUser[measure];
}

/// <summary>Ranks the whole catalogue for every evaluated member; nothing is sampled.</summary>
public static class Evaluator
{
    /// <param name="cutoffs">Each k that is reported.</param>
    public static EvaluationResult Evaluate(
        IRecommender model, EvaluationSplit split, IReadOnlyList<int> cutoffs, ComputeOptions compute, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(split);
        var measures = cutoffs.Select(_ => Metrics.All.Select(_ => new double[split.EvaluatedUsers]).ToArray()).ToArray();
        var listed = cutoffs.Select(_ => new HashSet<int>()).ToArray();
        Span<double> values = stackalloc double[Metrics.All.Count];
        foreach (var block in model.Recommend(split.Histories, new TopKOptions(cutoffs.Max()), compute, cancellationToken))
        {
            for (var row = 0; row < block.RowCount; row++)
            {
                var user = block.FirstRow + row;
                for (var n = 0; n < cutoffs.Count; n++)
                {
                    var list = block.Items(row)[..Math.Min(cutoffs[n], block.Items(row).Length)];
                    Metrics.Compute(list, split.Targets.Columns(user), cutoffs[n], values);
                    for (var metric = 0; metric < values.Length; metric++)
                        measures[n][metric][user] = values[metric];
                    foreach (var item in list)
                        listed[n].Add(item);
                }
            }
        }
        var perUser = new Dictionary<string, double[]>(StringComparer.Ordinal);
        var coverage = new Dictionary<string, double>(StringComparer.Ordinal);
        for (var n = 0; n < cutoffs.Count; n++)
        {
            for (var metric = 0; metric < Metrics.All.Count; metric++)
                perUser[$"{Metrics.All[metric].Name}@{cutoffs[n]}"] = measures[n][metric];
            coverage[$"coverage@{cutoffs[n]}"] = (double)listed[n].Count / model.Contents.Count;
        }
        return new EvaluationResult(model.Algorithm, perUser, coverage);
    }
}
