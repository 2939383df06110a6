using Pipeline.Models.Features;
using Pipeline.Models.Ranking;

namespace Pipeline.Models.Training.Blending;

/// <summary>A weighted sum of the first stages' standardised scores. The weights maximise nDCG on the titles held out.</summary>
public sealed class BlendTrainer : StagedTrainer<BlendParameters>
{
    private BlendTrainer(BlendParameters parameters, FirstStages stages)
        : base(BlendParameters.Table, parameters, stages)
    {
    }

    public override string Algorithm => BlendModel.AlgorithmName;

    /// <exception cref="AlgorithmSettingException">A setting that the algorithm does not have, or a value out of its range.</exception>
    public static BlendTrainer Create(IEnumerable<KeyValuePair<string, string>> settings)
    {
        var (parameters, stages) = StageParameters.Read(BlendParameters.Table, settings);
        return new BlendTrainer(parameters, stages);
    }

    private protected override BlendTrainer Over(FirstStages stages) => new(Parameters with { Models = stages.Names }, stages);

    private protected override Func<IScoringModel[], IRecommender> Learn(
        ValidationLists lists, InteractionMatrix interactions, CancellationToken cancellationToken)
    {
        var weights = BlendWeights.Learn(lists.Members, Stages.Trainers.Count, Parameters.Cutoff, cancellationToken);
        return models => new BlendModel(Parameters, models, weights);
    }
}
