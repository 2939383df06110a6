using Pipeline.Models.Features;
using Pipeline.Models.Ranking;
using Pipeline.Models.Training.Titles;

namespace Pipeline.Models.Training.Blending;

/// <summary>
/// A weighted sum of other algorithms' standardised scores. The weights maximise nDCG on titles that were held out of the first stages'
/// training; then the first stages are trained again on everything.
/// </summary>
public sealed class BlendTrainer : ITitleTrainer
{
    private readonly BlendParameters parameters;
    private readonly FirstStages stages;

    private BlendTrainer(BlendParameters parameters, FirstStages stages)
    {
        this.parameters = parameters;
        this.stages = stages;
    }

    public string Algorithm => BlendModel.AlgorithmName;

    public IReadOnlyDictionary<string, string> Settings => StageParameters.Write(BlendParameters.Table, parameters, stages.Settings);

    /// <exception cref="AlgorithmSettingException">A setting that the algorithm does not have, or a value out of its range.</exception>
    public static BlendTrainer Create(IEnumerable<KeyValuePair<string, string>> settings)
    {
        var (parameters, stages) = StageParameters.Read(BlendParameters.Table, settings);
        return new BlendTrainer(parameters, stages);
    }

    public ITrainer With(ITitleCatalogue titles) => new BlendTrainer(parameters, stages.With(titles));

    /// <inheritdoc/>
    public IRecommender Train(
        InteractionMatrix interactions, ComputeOptions compute, Action<TrainingIteration>? progress, CancellationToken cancellationToken)
    {
        Interactions.RequireSome(interactions);
        ArgumentNullException.ThrowIfNull(compute);
        var lists = ValidationLists.Of(interactions, stages, parameters.Members, parameters.Candidates, parameters.Seed, compute, cancellationToken);
        var weights = BlendWeights.Learn(lists.Members, stages.Trainers.Count, parameters.Cutoff, cancellationToken);
        return new BlendModel(parameters, stages.Train(interactions, compute, cancellationToken), weights);
    }
}
