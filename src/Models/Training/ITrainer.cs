using Pipeline.Models.Features;
using Pipeline.Models.Ranking;

namespace Pipeline.Models.Training;

/// <summary>An algorithm with its settings, ready to train.</summary>
public interface ITrainer
{
    /// <summary>The field's name of the algorithm.</summary>
    string Algorithm { get; }

    /// <summary>Every setting with the value asked for.</summary>
    IReadOnlyDictionary<string, string> Settings { get; }

    /// <param name="progress">Called after each iteration, on the calling thread; not at all by algorithms that have none.</param>
    /// <exception cref="ArgumentException">There is nothing to train on.</exception>
    /// <exception cref="AlgorithmSettingException">The data, or this machine, does not suit the algorithm; the message says what would.</exception>
    IRecommender Train(
        InteractionMatrix interactions,
        ComputeOptions compute,
        Action<TrainingIteration>? progress,
        CancellationToken cancellationToken);
}
