using Pipeline.Models.Features;
using Pipeline.Models.Ranking;
using Pipeline.Models.Training.Blending;
using Pipeline.Models.Training.Titles;

namespace Pipeline.Models.Training.SecondStage;

/// <summary>
/// A second stage like <see cref="RankerTrainer"/>, with a field-aware factorization machine that tells held-out titles from other candidates.
/// </summary>
public sealed class FfmTrainer : ITitleTrainer
{
    private readonly FfmParameters parameters;
    private readonly FirstStages stages;

    private FfmTrainer(FfmParameters parameters, FirstStages stages)
    {
        this.parameters = parameters;
        this.stages = stages;
    }

    public string Algorithm => FfmModel.AlgorithmName;

    public IReadOnlyDictionary<string, string> Settings => StageParameters.Write(FfmParameters.Table, parameters, stages.Settings);

    /// <exception cref="AlgorithmSettingException">A setting that the algorithm does not have, or a value out of its range.</exception>
    public static FfmTrainer Create(IEnumerable<KeyValuePair<string, string>> settings)
    {
        var (parameters, stages) = StageParameters.Read(FfmParameters.Table, settings);
        return new FfmTrainer(parameters, stages);
    }

    public ITrainer With(ITitleCatalogue titles) => new FfmTrainer(parameters, stages.With(titles));

    /// <inheritdoc/>
    public IRecommender Train(
        InteractionMatrix interactions, ComputeOptions compute, Action<TrainingIteration>? progress, CancellationToken cancellationToken)
    {
        Interactions.RequireSome(interactions);
        ArgumentNullException.ThrowIfNull(compute);
        var lists = ValidationLists.Of(interactions, stages, parameters.Members, parameters.Candidates, parameters.Seed, compute, cancellationToken);
        var examples = Examples(lists);
        if (examples.Count == 0)
            throw new ArgumentException("No first stage puts forward a title that was held out: there is no order to learn.", nameof(interactions));
        var weights = FieldAwareWeights.Train(examples, interactions.Contents.Count, parameters);
        cancellationToken.ThrowIfCancellationRequested();
        return new FfmModel(parameters, stages.Train(interactions, compute, cancellationToken), CandidateFeatures.Of(interactions), weights);
    }

    private List<FieldAwareWeights.Example> Examples(ValidationLists lists)
    {
        var features = CandidateFeatures.Of(lists.Fit);
        var random = new SplitMix64(parameters.Seed);
        var examples = new List<FieldAwareWeights.Example>();
        foreach (var list in lists.Members)
        {
            var rows = features.Of(list);
            var (columns, values) = FfmModel.History(list.Columns, list.Confidences);
            var others = Enumerable.Range(0, list.Items.Length).Where(n => !list.Wanted[n]).ToArray();
            random.Shuffle(others);
            var wanted = Enumerable.Range(0, list.Items.Length).Where(n => list.Wanted[n]).ToArray();
            foreach (var n in wanted.Concat(others.Take(wanted.Length * parameters.Negatives)).Order())
                examples.Add(new FieldAwareWeights.Example(columns, values, list.Items[n], rows[n], list.Wanted[n]));
        }
        return examples;
    }
}
