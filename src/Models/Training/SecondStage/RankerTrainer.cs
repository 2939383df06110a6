using Pipeline.Models.Features;
using Pipeline.Models.Ranking;
using Pipeline.Models.Training.Blending;

namespace Pipeline.Models.Training.SecondStage;

/// <summary>
/// A second stage: trees, grown on what the first stages put forward and which of it was held out, order the candidates.
/// </summary>
public sealed class RankerTrainer : StagedTrainer<RankerParameters>
{
    private RankerTrainer(RankerParameters parameters, FirstStages stages)
        : base(RankerParameters.Table, parameters, stages)
    {
    }

    public override string Algorithm => RankerModel.AlgorithmName;

    /// <exception cref="AlgorithmSettingException">A setting that the algorithm does not have, or a value out of its range.</exception>
    public static RankerTrainer Create(IEnumerable<KeyValuePair<string, string>> settings)
    {
        var (parameters, stages) = StageParameters.Read(RankerParameters.Table, settings);
        return new RankerTrainer(parameters, stages);
    }

    private protected override RankerTrainer Over(FirstStages stages) => new(Parameters with { Models = stages.Names }, stages);

    private protected override Func<IScoringModel[], IRecommender> Learn(
        ValidationLists lists, InteractionMatrix interactions, CancellationToken cancellationToken)
    {
        var features = CandidateFeatures.Of(lists.Fit);
        List<float[]> rows = [];
        List<bool> wanted = [];
        List<int> groups = [];
        // A list without a right answer, or with nothing else, teaches no order.
        foreach (var list in lists.Members.Where(list => list.Wanted.Distinct().Count() == 2))
        {
            var group = groups.Count == 0 ? 0 : groups[^1] + 1;
            rows.AddRange(features.Of(list));
            wanted.AddRange(list.Wanted);
            groups.AddRange(Enumerable.Repeat(group, list.Items.Length));
        }
        if (rows.Count == 0)
            throw new ArgumentException("No first stage puts forward a title that was held out: there is no order to learn.", nameof(interactions));
        var trees = LambdaMart.Train(rows, wanted, groups, Parameters);
        return models => new RankerModel(Parameters, models, CandidateFeatures.Of(interactions), trees);
    }
}
