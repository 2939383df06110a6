using Pipeline.Models.Ranking;
using Pipeline.Models.Training;

namespace Pipeline.Models.Evaluation;

/// <summary>Ranks the whole catalogue for every evaluated member; nothing is sampled.</summary>
public static class Evaluator
{
    /// <summary>Most pairs of a member and a title for which the area under the curve is measured: it needs every ranking to its end.</summary>
    public const long MaxAucPairs = 200_000_000;

    /// <summary>Measures accuracy and coverage.</summary>
    /// <param name="cutoffs">Each k that is reported.</param>
    public static EvaluationResult Evaluate(
        IRecommender model, EvaluationSplit split, IReadOnlyList<int> cutoffs, ComputeOptions compute, CancellationToken cancellationToken) =>
        Evaluate(model, split, cutoffs, lists: null, wholeRankings: false, compute, cancellationToken);

    /// <param name="lists">Measures what lists are made of, too; null for accuracy and coverage alone.</param>
    /// <param name="wholeRankings">Measures the area under the curve, too, where the set is not too large for it.</param>
    public static EvaluationResult Evaluate(
        IRecommender model,
        EvaluationSplit split,
        IReadOnlyList<int> cutoffs,
        ListMetrics? lists,
        bool wholeRankings,
        ComputeOptions compute,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(split);
        ArgumentNullException.ThrowIfNull(cutoffs);
        var catalogue = split.Targets.ColumnCount;
        var auc = wholeRankings && (long)split.EvaluatedUsers * catalogue <= MaxAucPairs ? new double[split.EvaluatedUsers] : null;
        var cuts = cutoffs.Select(k => new CutoffMeasures(k, split, lists)).ToArray();
        var length = auc is null ? cutoffs.Max() : Math.Max(catalogue, cutoffs.Max());
        foreach (var block in model.Recommend(split.Histories, new TopKOptions(length), compute, cancellationToken))
        {
            for (var row = 0; row < block.RowCount; row++)
            {
                var user = block.FirstRow + row;
                var ranking = block.Items(row);
                foreach (var cut in cuts)
                    cut.Add(user, ranking);
                if (auc is not null)
                    auc[user] = Metrics.ComputeAuc(ranking, split.Targets.Columns(user), catalogue - split.Histories.RowLength(user));
            }
        }
        var perUser = cuts.SelectMany(cut => cut.PerUser).ToDictionary();
        if (auc is not null)
            perUser.Add(Metrics.Auc.Name, auc);
        return new EvaluationResult(model.Algorithm, perUser, cuts.ToDictionary(cut => cut.Cutoff, cut => cut.Listed));
    }

    /// <summary>What is measured at one cut-off.</summary>
    private sealed class CutoffMeasures
    {
        private readonly EvaluationSplit split;
        private readonly ListMetrics? lists;
        private readonly double[][] accuracy;
        private readonly double[][] composition;
        private readonly double[] values = new double[Math.Max(Metrics.All.Count, ListMetrics.All.Count)];

        public CutoffMeasures(int cutoff, EvaluationSplit split, ListMetrics? lists)
        {
            Cutoff = cutoff;
            this.split = split;
            this.lists = lists;
            accuracy = Columns(Metrics.All.Count);
            composition = Columns(lists is null ? 0 : ListMetrics.All.Count);
            Listed = new int[split.Targets.ColumnCount];
        }

        public int Cutoff { get; }

        public int[] Listed { get; }

        // What was not taken at this cut-off is left out.
        public IEnumerable<KeyValuePair<string, double[]>> PerUser =>
            Metrics.All.Zip(accuracy).Concat(ListMetrics.All.Zip(composition))
                .Where(pair => !double.IsNaN(pair.Second[0]))
                .Select(pair => KeyValuePair.Create(EvaluationResult.Measure(pair.First, Cutoff), pair.Second));

        public void Add(int user, ReadOnlySpan<int> ranking)
        {
            var list = ranking[..Math.Min(Cutoff, ranking.Length)];
            Metrics.Compute(list, split.Targets.Columns(user), Cutoff, values);
            Keep(accuracy, user);
            foreach (var item in list)
                Listed[item]++;
            if (lists is null)
                return;
            lists.Compute(list, split.Histories.Columns(user), split.Histories.Values(user), Cutoff, values);
            Keep(composition, user);
        }

        private void Keep(double[][] columns, int user)
        {
            for (var n = 0; n < columns.Length; n++)
                columns[n][user] = values[n];
        }

        private double[][] Columns(int count) => [.. Enumerable.Range(0, count).Select(_ => new double[split.EvaluatedUsers])];
    }
}
