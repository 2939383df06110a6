using Pipeline.Models.Features;
using Pipeline.Models.Ranking;
using Pipeline.Models.Training.Blending;

namespace Pipeline.Models.Training.SecondStage;

/// <summary>
/// A second stage like <see cref="RankerTrainer"/>, with a field-aware factorization machine that tells held-out titles from other candidates.
/// </summary>
public sealed class FfmTrainer : StagedTrainer<FfmParameters>
{
    private FfmTrainer(FfmParameters parameters, FirstStages stages)
        : base(FfmParameters.Table, parameters, stages)
    {
    }

    public override string Algorithm => FfmModel.AlgorithmName;

    /// <exception cref="AlgorithmSettingException">A setting that the algorithm does not have, or a value out of its range.</exception>
    public static FfmTrainer Create(IEnumerable<KeyValuePair<string, string>> settings)
    {
        var (parameters, stages) = StageParameters.Read(FfmParameters.Table, settings);
        return new FfmTrainer(parameters, stages);
    }

    private protected override FfmTrainer Over(FirstStages stages) => new(Parameters with { Models = stages.Names }, stages);

    private protected override Func<IScoringModel[], IRecommender> Learn(
        ValidationLists lists, InteractionMatrix interactions, CancellationToken cancellationToken)
    {
        var examples = Examples(lists);
        if (examples.Count == 0)
            throw new ArgumentException("No first stage puts forward a title that was held out: there is no order to learn.", nameof(interactions));
        var weights = FieldAwareWeights.Train(examples, interactions.Contents.Count, Parameters);
        return models => new FfmModel(Parameters, models, CandidateFeatures.Of(interactions), weights);
    }

    private List<FieldAwareWeights.Example> Examples(ValidationLists lists)
    {
        var features = CandidateFeatures.Of(lists.Fit);
        var random = new SplitMix64(Parameters.Seed);
        var examples = new List<FieldAwareWeights.Example>();
        foreach (var list in lists.Members)
        {
            var rows = features.Of(list);
            var (columns, values) = FfmModel.History(list.Columns, list.Confidences);
            var others = Enumerable.Range(0, list.Items.Length).Where(n => !list.Wanted[n]).ToArray();
            random.Shuffle(others);
            var wanted = Enumerable.Range(0, list.Items.Length).Where(n => list.Wanted[n]).ToArray();
            foreach (var n in wanted.Concat(others.Take(wanted.Length * Parameters.Negatives)).Order())
                examples.Add(new FieldAwareWeights.Example(columns, values, list.Items[n], rows[n], list.Wanted[n]));
        }
        return examples;
    }
}
