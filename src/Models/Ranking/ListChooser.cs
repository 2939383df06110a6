using Pipeline.Models.Evaluation;

namespace Pipeline.Models.Ranking;

/// <summary>Chooses one list at a time as <see cref="RerankOptions"/> says. Not for several threads at once.</summary>
internal sealed class ListChooser(CoWatchCounts shared, ContentGroups groups, RerankOptions options)
{
    private readonly CoWatchSimilarity similarity = new(shared);
    private readonly GroupDivergence divergence = new(groups);
    private readonly List<Candidate> chosen = [];
    private double[] relevance = [];
    private double[] likeness = [];
    private bool[] taken = [];

    /// <param name="items">The pool: content indexes, best first.</param>
    /// <param name="scores">Of the pool.</param>
    /// <returns>At most <paramref name="k"/>, in the order chosen; valid until the next call.</returns>
    public ReadOnlySpan<Candidate> Choose(
        ReadOnlySpan<int> items, ReadOnlySpan<float> scores, ReadOnlySpan<int> history, ReadOnlySpan<float> confidences, int k)
    {
        Prepare(scores);
        chosen.Clear();
        var calibrates = options.Calibration > 0 && divergence.Begin(history, confidences);
        var score = float.PositiveInfinity;
        while (chosen.Count < Math.Min(k, items.Length))
        {
            var next = Best(items, calibrates);
            taken[next] = true;
            score = Math.Min(score, scores[next]);
            chosen.Add(new Candidate(score, items[next]));
            if (calibrates)
                divergence.Take(items[next]);
            for (var n = 0; n < items.Length && options.Diversity > 0; n++)
            {
                if (!taken[n])
                    likeness[n] = Math.Max(likeness[n], similarity.Of(items[next], items[n]));
            }
        }
        return System.Runtime.InteropServices.CollectionsMarshal.AsSpan(chosen);
    }

    private void Prepare(ReadOnlySpan<float> scores)
    {
        if (relevance.Length < scores.Length)
            (relevance, likeness, taken) = (new double[scores.Length], new double[scores.Length], new bool[scores.Length]);
        Array.Clear(likeness);
        Array.Clear(taken);
        var span = scores.IsEmpty ? 0 : scores[0] - scores[^1];
        for (var n = 0; n < scores.Length; n++)
            relevance[n] = span > 0 ? (scores[n] - scores[^1]) / span : 1;
    }

    // Of equal ones the one that stood first.
    private int Best(ReadOnlySpan<int> items, bool calibrates)
    {
        var (best, most) = (-1, double.NegativeInfinity);
        for (var n = 0; n < items.Length; n++)
        {
            if (taken[n])
                continue;
            var gain = relevance[n] - options.Diversity * likeness[n];
            if (calibrates)
                gain -= options.Calibration * divergence.With(items[n]);
            if (gain > most)
                (best, most) = (n, gain);
        }
        return best;
    }
}
