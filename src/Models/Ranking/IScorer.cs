using Pipeline.Models.Training;

namespace Pipeline.Models.Ranking;

/// <summary>Scores a whole catalogue for one history at a time. Not for several threads at once.</summary>
internal interface IScorer
{
    /// <param name="columns">Content indexes of the history, ascending.</param>
    /// <param name="confidences">Signed, as in the training data.</param>
    /// <param name="scores">Shape [catalogue]; −∞ where the model has nothing to say of a title.</param>
    void Score(ReadOnlySpan<int> columns, ReadOnlySpan<float> confidences, Span<float> scores);
}

/// <summary>A model that can score every title of its catalogue, for those who combine models.</summary>
internal interface IScoringModel : IRecommender
{
    /// <param name="cancellationToken">For what has to be prepared once.</param>
    IScorer CreateScorer(ComputeOptions compute, CancellationToken cancellationToken);
}
