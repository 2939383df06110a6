namespace Pipeline.Models.Ranking;

/// <summary>Explains scores that are sums of one share per title of the history.</summary>
/// <param name="share">What a watched title, with its confidence, adds to the score of a recommended one.</param>
internal sealed class ShareExplainer(Func<int, float, int, float> share) : IExplainer
{
    public void Explain(ReadOnlySpan<int> contents, ReadOnlySpan<float> confidences, ReadOnlySpan<int> recommended, Span<int> because)
    {
        for (var n = 0; n < recommended.Length; n++)
        {
            because[n] = -1;
            var most = 0f;
            for (var m = 0; m < contents.Length; m++)
            {
                var value = share(contents[m], confidences[m], recommended[n]);
                if (value > most)
                    (most, because[n]) = (value, contents[m]);
            }
        }
    }
}
