using Pipeline.Models.Features;
using Pipeline.Models.Ranking;
using Pipeline.Models.Training.Titles;

namespace Pipeline.Models.Training.Blending;

/// <summary>The algorithms that a second stage combines, each with its settings: <c>models=ials,ease</c> and <c>ials.rank=128</c>.</summary>
internal sealed class FirstStages
{
    public const string SettingName = "models";
    public const string Expected = "names of algorithms that combine no others, separated by commas";

    private static readonly string[] Combining = [BlendModel.AlgorithmName, SecondStage.RankerModel.AlgorithmName, SecondStage.FfmModel.AlgorithmName];

    private FirstStages(IReadOnlyList<ITrainer> trainers) => Trainers = trainers;

    public IReadOnlyList<ITrainer> Trainers { get; }

    /// <returns>The algorithms named, each once.</returns>
    /// <exception cref="AlgorithmSettingException">One of them is no algorithm, or combines others itself.</exception>
    public static string[] Check(string names)
    {
        var algorithms = names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct().ToArray();
        return algorithms.Length == 0 || algorithms.Any(name => Combining.Contains(name) || !Training.Trainers.Algorithms.Contains(name))
            ? throw new AlgorithmSettingException($"{SettingName}={names}: expected {Expected}.")
            : algorithms;
    }

    /// <param name="names">Separated by commas.</param>
    /// <param name="settings">By <c>algorithm.setting</c>.</param>
    /// <exception cref="AlgorithmSettingException">No such algorithm or setting, or a value that does not fit.</exception>
    public static FirstStages Parse(string names, IReadOnlyCollection<KeyValuePair<string, string>> settings)
    {
        return new FirstStages([.. Check(names).Select(name => Training.Trainers.Create(
            name,
            settings.Where(setting => setting.Key.StartsWith(name + ".", StringComparison.Ordinal))
                .Select(setting => KeyValuePair.Create(setting.Key[(name.Length + 1)..], setting.Value))))]);
    }

    /// <summary>Whether a setting is that of one of them.</summary>
    public static bool Owns(string names, string setting) =>
        names.Split(',').Any(name => setting.StartsWith(name.Trim() + ".", StringComparison.Ordinal));

    public FirstStages With(ITitleCatalogue titles) =>
        new([.. Trainers.Select(trainer => trainer is ITitleTrainer asking ? asking.With(titles) : trainer)]);

    public IEnumerable<KeyValuePair<string, string>> Settings =>
        Trainers.SelectMany(trainer => trainer.Settings.Select(setting => KeyValuePair.Create($"{trainer.Algorithm}.{setting.Key}", setting.Value)));

    /// <summary>Their names, as they are written in a setting.</summary>
    public string Names => string.Join(',', Trainers.Select(trainer => trainer.Algorithm));

    public IScoringModel[] Train(InteractionMatrix interactions, ComputeOptions compute, CancellationToken cancellationToken) =>
        [.. Trainers.Select(trainer => (IScoringModel)trainer.Train(interactions, compute, progress: null, cancellationToken))];

    /// <summary>Trains those of them that the data and the machine suit.</summary>
    /// <returns>The models, and the stages that they are of.</returns>
    /// <exception cref="ArgumentException">None of them could be trained.</exception>
    public (IScoringModel[] Models, FirstStages Stages) TrainFitting(InteractionMatrix interactions, ComputeOptions compute, CancellationToken cancellationToken)
    {
        var trained = new List<(ITrainer Trainer, IScoringModel Model)>();
        var failures = new List<string>();
        foreach (var trainer in Trainers)
        {
            try
            {
                trained.Add((trainer, (IScoringModel)trainer.Train(interactions, compute, progress: null, cancellationToken)));
            }
            catch (Exception problem) when (TrainingFailures.IsOfAlgorithm(problem))
            {
                failures.Add($"{trainer.Algorithm}: {problem.Message}");
            }
        }
        return trained.Count > 0
            ? ([.. trained.Select(stage => stage.Model)], new FirstStages([.. trained.Select(stage => stage.Trainer)]))
            : throw new ArgumentException($"No first stage can be trained: {string.Join("; ", failures)}", nameof(interactions));
    }
}
