using Pipeline.Models.Features;
using Pipeline.Models.Kernels;
using Pipeline.Models.Training.Blending;

namespace Pipeline.Models.Training.SecondStage;

/// <summary>
/// What a second stage sees of a candidate: each first stage's standardised score, and its context, that is how much the member has
/// watched, how popular the title is, how recent, and how popular what the member watches is.
/// </summary>
internal sealed class CandidateFeatures
{
    private const int ContextCount = 4;
    private const double MillisecondsPerDay = 86_400_000;

    private readonly float[] popularity;
    private readonly float[] recency;

    public CandidateFeatures(float[] popularity, float[] recency)
    {
        this.popularity = popularity;
        this.recency = recency;
    }

    /// <summary>ln(1 + members) of each title.</summary>
    public float[] Popularity => popularity;

    /// <summary>ln(1 + days) from a title's last interaction to the last of all; 0 without times.</summary>
    public float[] Recency => recency;

    public static CandidateFeatures Of(InteractionMatrix interactions)
    {
        var counts = new int[interactions.Contents.Count];
        var last = new long[interactions.Contents.Count];
        var now = 0L;
        for (var user = 0; user < interactions.Users.Count; user++)
        {
            var columns = interactions.ByUser.Columns(user);
            var times = interactions.LastAt(user);
            for (var n = 0; n < columns.Length; n++)
            {
                counts[columns[n]] += interactions.ByUser.Values(user)[n] > 0 ? 1 : 0;
                if (!times.IsEmpty)
                    last[columns[n]] = Math.Max(last[columns[n]], times[n]);
            }
        }
        foreach (var at in last)
            now = Math.Max(now, at);
        return new CandidateFeatures(
            [.. counts.Select(count => (float)PortableMath.Log(1 + count))],
            [.. last.Select(at => (float)PortableMath.Log(1 + (now - at) / MillisecondsPerDay))]);
    }

    /// <summary>Number of features with so many first stages.</summary>
    public static int Count(int models) => models + ContextCount;

    /// <summary>Writes the features of one candidate.</summary>
    /// <param name="score">One first stage's score of it.</param>
    /// <param name="features">Shape [<see cref="Count"/>].</param>
    public void Fill(ReadOnlySpan<int> history, float historyPopularity, int item, int models, Func<int, float> score, Span<float> features)
    {
        for (var model = 0; model < models; model++)
            features[model] = score(model);
        features[models] = (float)PortableMath.Log(1 + history.Length);
        features[models + 1] = popularity[item];
        features[models + 2] = recency[item];
        features[models + 3] = historyPopularity;
    }

    /// <summary>Mean popularity of a history; 0 of none.</summary>
    public float PopularityOf(ReadOnlySpan<int> history)
    {
        var sum = 0f;
        foreach (var item in history)
            sum += popularity[item];
        return history.IsEmpty ? 0 : sum / history.Length;
    }

    /// <summary>The features of all candidates of a list.</summary>
    public float[][] Of(ValidationList list)
    {
        var popular = PopularityOf(list.Columns);
        var rows = new float[list.Items.Length][];
        for (var n = 0; n < rows.Length; n++)
        {
            var place = n;
            rows[n] = new float[Count(list.Scores.Length)];
            Fill(list.Columns, popular, list.Items[n], list.Scores.Length, model => list.Scores[model][place], rows[n]);
        }
        return rows;
    }
}
