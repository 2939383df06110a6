using Pipeline.Models.Evaluation;

namespace Pipeline.Models.Ranking;

/// <summary>
/// For models that cannot say themselves why they recommend a title: the title of the history that it shares most members with, by the
/// cosine of <see cref="CoWatchSimilarity"/> times the confidence.
/// </summary>
/// <param name="shared">Of the contents of the model.</param>
internal sealed class CoWatchExplainer(CoWatchCounts shared) : IExplainer
{
    /// <summary>Titles of a history that are looked at, the most confident ones: a reason needs no more.</summary>
    private const int MostTitles = 32;

    private readonly CoWatchSimilarity similarity = new(shared);

    /// <inheritdoc/>
    public void Explain(ReadOnlySpan<int> contents, ReadOnlySpan<float> confidences, ReadOnlySpan<int> recommended, Span<int> because)
    {
        var wanted = new List<(float Confidence, int Content)>(contents.Length);
        for (var n = 0; n < contents.Length; n++)
        {
            if (confidences[n] > 0)
                wanted.Add((confidences[n], contents[n]));
        }
        wanted.Sort((a, b) => b.CompareTo(a));
        for (var n = 0; n < recommended.Length; n++)
        {
            because[n] = -1;
            var most = 0.0;
            foreach (var (confidence, content) in wanted.Take(MostTitles))
            {
                var share = confidence * similarity.Of(recommended[n], content);
                if (share > most)
                    (most, because[n]) = (share, content);
            }
        }
    }
}
