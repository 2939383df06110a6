using Pipeline.Models.Features;
using Pipeline.Models.Ranking;

namespace Pipeline.Models.Training.Titles;

/// <summary>Content-based recommendation; learns from the titles' metadata and asks interactions for the catalogue alone.</summary>
public sealed class ContentTrainer(ContentParameters parameters, ITitleCatalogue? titles = null) : ITitleTrainer
{
    public string Algorithm => ContentModel.AlgorithmName;

    public IReadOnlyDictionary<string, string> Settings => ContentParameters.Table.Write(parameters);

    /// <exception cref="AlgorithmSettingException">A setting that the algorithm does not have, or a value out of its range.</exception>
    public static ContentTrainer Create(IEnumerable<KeyValuePair<string, string>> settings) => new(ContentParameters.Table.Read(settings));

    public ITrainer With(ITitleCatalogue titles) => new ContentTrainer(parameters, titles);

    /// <inheritdoc/>
    /// <exception cref="AlgorithmSettingException">Nothing is known of the titles.</exception>
    public IRecommender Train(
        InteractionMatrix interactions, ComputeOptions compute, Action<TrainingIteration>? progress, CancellationToken cancellationToken)
    {
        Interactions.RequireSome(interactions);
        cancellationToken.ThrowIfCancellationRequested();
        return titles is null
            ? throw new AlgorithmSettingException($"{Algorithm} needs to know about titles (their genres, cast, tags or texts), and was told nothing.")
            : ContentModel.Create(parameters, interactions.Contents, titles);
    }
}
