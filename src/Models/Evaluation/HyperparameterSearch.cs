using System.Globalization;
using Pipeline.Models.Features;
using Pipeline.Models.Kernels;
using Pipeline.Models.Training;
using Pipeline.Models.Training.Titles;

namespace Pipeline.Models.Evaluation;

/// <summary>
/// Random search with successive halving: many settings are drawn and trained on a few of the members, the better third of them on three
/// times as many, and so on until the last rung trains on all. What was asked for runs beside them on every rung. J. Bergstra, Y. Bengio, "Random Search for Hyper-Parameter Optimization",
/// JMLR 2012; K. Jamieson, A. Talwalkar, "Non-stochastic Best Arm Identification and Hyperparameter Optimization", AISTATS 2016. All rungs
/// are measured on the same validation members; what a report is measured on is not here.
/// </summary>
/// <param name="fixedSettings">Settings that are not searched: those that were asked for.</param>
/// <param name="cutoff">Length of the lists that ndcg is taken of.</param>
/// <param name="titles">For algorithms that learn from what titles are; null where nothing is known.</param>
public sealed class HyperparameterSearch(
    string algorithm, IReadOnlyDictionary<string, string> fixedSettings, EvaluationSplit validation, int cutoff, ITitleCatalogue? titles, ComputeOptions compute, TimeProvider clock)
{
    private readonly Dictionary<int, InteractionMatrix> trainingParts = [];
    private readonly string measure = EvaluationResult.Measure(Metrics.Ndcg, cutoff);

    /// <param name="finished">Measurements of an earlier run; those of another search are passed over.</param>
    /// <param name="measured">Called after each new measurement, with how many are done and how many there will be at most.</param>
    /// <exception cref="EvaluationException">No settings could be trained, or the algorithm has nothing to search.</exception>
    /// <exception cref="OperationCanceledException">Checked while models train and rank.</exception>
    public SearchReport Run(
        SearchOptions options, IEnumerable<SearchTrial> finished, Action<SearchTrial, int, int>? measured, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(finished);
        if (SearchSpace.Of(algorithm).All(range => fixedSettings.ContainsKey(range.Setting)))
            throw new EvaluationException($"'{algorithm}' leaves nothing to search; what can be searched is of {string.Join(", ", SearchSpace.Algorithms)}.");
        var search = NameOf(options);
        var known = finished.Where(trial => trial.Search == search).GroupBy(trial => (trial.Number, trial.Rung)).ToDictionary(group => group.Key, group => group.Last());
        var (done, total) = (0, SearchRace.Total(options));
        var race = new SearchRace(options, clock, MeasureNew, cancellationToken);
        race.Run();
        if (race.Best.Count == 0)
        {
            throw new EvaluationException(race.Measured == 0
                ? $"The search of '{algorithm}' was out of time before it had measured anything."
                : $"No settings of '{algorithm}' could be trained.");
        }
        var best = race.Best[0];
        return new SearchReport(
            algorithm, measure, best.Settings, best.Score!.Value, best.Share, race.Best.FirstOrDefault(trial => trial.Number == 0)?.Score,
            options.Trials, race.Tried, race.Measured, validation.EvaluatedUsers, race.Elapsed.TotalSeconds, race.OutOfTime);

        SearchTrial MeasureNew(int number, int rung, CancellationToken cancelled)
        {
            done++;
            if (known.TryGetValue((number, rung), out var trial))
                return trial;
            trial = Measure(search, number, rung, options, cancelled);
            measured?.Invoke(trial, done, total);
            return trial;
        }
    }

    // A measurement belongs to this data, these settings and this seed, and to nothing else.
    private string NameOf(SearchOptions options) => string.Create(
        CultureInfo.InvariantCulture,
        $"{algorithm} {string.Join(' ', fixedSettings.OrderBy(setting => setting.Key, StringComparer.Ordinal).Select(setting => $"{setting.Key}={setting.Value}"))} {measure} of {options.Trials} seed {options.Seed} data {validation.Train.Digest[..16]}");

    private SearchTrial Measure(string search, int number, int rung, SearchOptions options, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        var settings = Draw(number, options.Seed);
        var share = PortableMath.Pow(SearchOptions.Reduction, rung + 1 - options.Rungs);
        try
        {
            var model = Trainers.Create(algorithm, settings, titles).Train(TrainingPart(rung, share), compute, progress: null, cancellationToken);
            var score = Evaluator.Evaluate(model, validation, [cutoff], compute, cancellationToken).Means[measure];
            return new SearchTrial(search, number, rung, share, settings, score, clock.GetElapsedTime(started).TotalSeconds);
        }
        catch (Exception problem) when (TrainingFailures.IsOfAlgorithm(problem))
        {
            return new SearchTrial(search, number, rung, share, settings, null, clock.GetElapsedTime(started).TotalSeconds, problem.Message);
        }
    }

    private Dictionary<string, string> Draw(int number, int seed)
    {
        var settings = new Dictionary<string, string>(fixedSettings, StringComparer.Ordinal);
        if (number == 0)
            return settings;
        var random = new Random(HashCodeOf(seed, number));
        foreach (var range in SearchSpace.Of(algorithm))
        {
            // Drawn also where it is fixed, so that the others stay what they are.
            var value = range.Draw(random);
            settings.TryAdd(range.Setting, value);
        }
        return settings;
    }

    // Not HashCode.Combine, which differs from process to process.
    private static int HashCodeOf(int seed, int number) => (int)(FrozenMembers.PlaceOf(((long)seed << 32) | (uint)number) * int.MaxValue);

    /// <summary>The share of the training members with the lowest places; each rung's are among those of the next.</summary>
    private InteractionMatrix TrainingPart(int rung, double share)
    {
        if (share >= 1)
            return validation.Train;
        if (trainingParts.TryGetValue(rung, out var part))
            return part;
        // Other places than those that say who is set aside, of whom nobody is here.
        part = validation.Train.OfUsers(user => FrozenMembers.PlaceOf(~user) < share);
        return trainingParts[rung] = part.Count > 0 ? part : validation.Train;
    }
}
