using Pipeline.Models.Features;
using Pipeline.Models.Ranking;
using Pipeline.Models.Training.Blending;
using Pipeline.Models.Training.Titles;

namespace Pipeline.Models.Training.SecondStage;

/// <summary>
/// A second stage: first stages put candidates forward, and trees, grown on titles that were held out of the first stages' training,
/// order them. Then the first stages are trained again on everything.
/// </summary>
public sealed class RankerTrainer : ITitleTrainer
{
    private readonly RankerParameters parameters;
    private readonly FirstStages stages;

    private RankerTrainer(RankerParameters parameters, FirstStages stages)
    {
        this.parameters = parameters;
        this.stages = stages;
    }

    public string Algorithm => RankerModel.AlgorithmName;

    public IReadOnlyDictionary<string, string> Settings => StageParameters.Write(RankerParameters.Table, parameters, stages.Settings);

    /// <exception cref="AlgorithmSettingException">A setting that the algorithm does not have, or a value out of its range.</exception>
    public static RankerTrainer Create(IEnumerable<KeyValuePair<string, string>> settings)
    {
        var (parameters, stages) = StageParameters.Read(RankerParameters.Table, settings);
        return new RankerTrainer(parameters, stages);
    }

    public ITrainer With(ITitleCatalogue titles) => new RankerTrainer(parameters, stages.With(titles));

    /// <inheritdoc/>
    public IRecommender Train(
        InteractionMatrix interactions, ComputeOptions compute, Action<TrainingIteration>? progress, CancellationToken cancellationToken)
    {
        Interactions.RequireSome(interactions);
        ArgumentNullException.ThrowIfNull(compute);
        var lists = ValidationLists.Of(interactions, stages, parameters.Members, parameters.Candidates, parameters.Seed, compute, cancellationToken);
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
        var trees = LambdaMart.Train(rows, wanted, groups, parameters);
        cancellationToken.ThrowIfCancellationRequested();
        return new RankerModel(parameters, stages.Train(interactions, compute, cancellationToken), CandidateFeatures.Of(interactions), trees);
    }
}
