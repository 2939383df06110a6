using Pipeline.Models.Features;
using Pipeline.Models.Ranking;

namespace Pipeline.Models.Training;

/// <summary>The baseline behind the contract of all trainers; it has no settings.</summary>
public sealed class PopularityTrainer : ITrainer
{
    public string Algorithm => PopularityModel.AlgorithmName;

    public IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <exception cref="AlgorithmSettingException">Any setting at all.</exception>
    public static PopularityTrainer Create(IEnumerable<KeyValuePair<string, string>> settings)
    {
        _ = new SettingValues(PopularityModel.AlgorithmName, [], settings);
        return new PopularityTrainer();
    }

    public IRecommender Train(
        InteractionMatrix interactions,
        ComputeOptions compute,
        Action<TrainingIteration>? progress,
        CancellationToken cancellationToken)
    {
        Interactions.RequireSome(interactions);
        return PopularityModel.Train(interactions);
    }
}
