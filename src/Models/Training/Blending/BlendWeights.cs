using Pipeline.Models.Kernels;
using Pipeline.Models.Ranking;

namespace Pipeline.Models.Training.Blending;

/// <summary>
/// Weights by coordinate ascent on nDCG itself (D. Metzler, W. B. Croft, "Linear Feature-Based Models for Information Retrieval", 2007): one
/// weight at a time is tried at several values, from the best single model on.
/// </summary>
internal static class BlendWeights
{
    private const int Rounds = 4;

    private static readonly double[] Steps = [0, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 1.5, 2.5];

    /// <returns>Shape [models], 0 or more, of sum 1.</returns>
    public static float[] Learn(IReadOnlyList<ValidationList> lists, int models, int cutoff, CancellationToken cancellationToken)
    {
        var singles = Enumerable.Range(0, models).Select(model => Ndcg(lists, Single(models, model), cutoff)).ToArray();
        var best = singles.Max();
        var weights = Single(models, Array.IndexOf(singles, best));
        for (var round = 0; round < Rounds; round++)
        {
            var before = best;
            for (var model = 0; model < models; model++)
            {
                foreach (var step in Steps)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var tried = weights.ToArray();
                    tried[model] = (float)step;
                    if (tried.Sum() <= 0 || Ndcg(lists, tried, cutoff) is var reached && reached <= best)
                        continue;
                    (weights, best) = (tried, Ndcg(lists, tried, cutoff));
                }
            }
            if (best <= before)
                break;
        }
        var total = weights.Sum();
        return [.. weights.Select(weight => weight / total)];
    }

    private static float[] Single(int models, int model) => [.. Enumerable.Range(0, models).Select(n => n == model ? 1f : 0f)];

    private static double Ndcg(IReadOnlyList<ValidationList> lists, float[] weights, int cutoff)
    {
        var sum = 0.0;
        foreach (var list in lists)
        {
            var candidates = new Candidate[list.Items.Length];
            for (var n = 0; n < candidates.Length; n++)
            {
                var score = 0f;
                for (var model = 0; model < weights.Length; model++)
                    score += weights[model] * list.Scores[model][n];
                candidates[n] = new Candidate(score, n);
            }
            var best = candidates.AsSpan();
            Candidate.SelectBest(best, Math.Min(cutoff, best.Length));
            best = best[..Math.Min(cutoff, best.Length)];
            best.Sort();
            double gain = 0, ideal = 0;
            for (var rank = 0; rank < best.Length; rank++)
                gain += list.Wanted[best[rank].Item] ? 1 / PortableMath.Log2(rank + 2) : 0;
            for (var rank = 0; rank < Math.Min(cutoff, list.HeldOut); rank++)
                ideal += 1 / PortableMath.Log2(rank + 2);
            sum += gain / ideal;
        }
        return lists.Count == 0 ? 0 : sum / lists.Count;
    }
}
