using Pipeline.Models.Training;

namespace Pipeline.Models.Ranking;

/// <summary>Says which title of a history speaks most for a recommended one. Not for several threads at once.</summary>
public interface IExplainer
{
    /// <param name="contents">The history: content indexes of the model, ascending.</param>
    /// <param name="confidences">Signed, as in the training data.</param>
    /// <param name="recommended">Content indexes.</param>
    /// <param name="because">Shape [recommended]: a content index of the history, or −1 where none speaks for the title.</param>
    void Explain(ReadOnlySpan<int> contents, ReadOnlySpan<float> confidences, ReadOnlySpan<int> recommended, Span<int> because);
}

/// <summary>A model that knows from its own arithmetic why it recommends a title.</summary>
public interface IExplainingRecommender : IRecommender
{
    /// <summary>An explainer for one thread.</summary>
    IExplainer CreateExplainer(ComputeOptions compute, CancellationToken cancellationToken);
}
