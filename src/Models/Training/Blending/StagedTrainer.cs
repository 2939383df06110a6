using Pipeline.Models.Features;
using Pipeline.Models.Ranking;
using Pipeline.Models.Training.Titles;

namespace Pipeline.Models.Training.Blending;

/// <summary>
/// A trainer over others, its first stages: they put candidates forward, and how to order those is learned on titles that were held out of
/// the first stages' training. Then the first stages are trained again on everything. A first stage that the data or the machine does not
/// suit is left out, and the model's settings name those that are in it.
/// </summary>
/// <typeparam name="T">Its own parameters.</typeparam>
public abstract class StagedTrainer<T> : ITitleTrainer
    where T : StageParameters
{
    private readonly SettingTable<T> table;

    private protected StagedTrainer(SettingTable<T> table, T parameters, FirstStages stages)
    {
        this.table = table;
        Parameters = parameters;
        Stages = stages;
    }

    public abstract string Algorithm { get; }

    public IReadOnlyDictionary<string, string> Settings => StageParameters.Write(table, Parameters, Stages.Settings);

    private protected T Parameters { get; }

    private protected FirstStages Stages { get; }

    public ITrainer With(ITitleCatalogue titles) => Over(Stages.With(titles));

    /// <inheritdoc/>
    public IRecommender Train(
        InteractionMatrix interactions, ComputeOptions compute, Action<TrainingIteration>? progress, CancellationToken cancellationToken)
    {
        Interactions.RequireSome(interactions);
        ArgumentNullException.ThrowIfNull(compute);
        var lists = ValidationLists.Of(
            interactions, Stages, Parameters.Members, Parameters.Candidates, Parameters.Seed, compute, cancellationToken);
        var fitting = lists.Stages.Trainers.Count == Stages.Trainers.Count ? this : Over(lists.Stages);
        var finish = fitting.Learn(lists, interactions, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        return finish(fitting.Stages.Train(interactions, compute, cancellationToken));
    }

    /// <summary>The same with other first stages.</summary>
    private protected abstract StagedTrainer<T> Over(FirstStages stages);

    /// <summary>Learns to order what the first stages put forward.</summary>
    /// <returns>Makes the model of first stages that know everything.</returns>
    private protected abstract Func<IScoringModel[], IRecommender> Learn(
        ValidationLists lists, InteractionMatrix interactions, CancellationToken cancellationToken);
}
