using System.Globalization;
using Pipeline.Models.Evaluation;
using Pipeline.Models.Training;

namespace Pipeline.Jobs.Commands;

/// <summary>Searches settings for <see cref="EvaluateCommand"/> on a validation part of the training part; the test part is not in reach here.</summary>
internal sealed class EvaluateSearch(EvaluateRequest request, EvaluateData data, int cutoff, TimeProvider clock)
{
    private EvaluationSplit? _validation;

    /// <returns>Null where no search was asked for, or the algorithm has nothing to search.</returns>
    public SearchReport? Run(AskedAlgorithm asked, CancellationToken cancellationToken)
    {
        if (request.Search is not { } trials)
            return null;
        if (!HasSomething(asked))
        {
            Progress($"{asked.Name} has nothing to search: it is measured as asked for");
            return null;
        }
        // The seed that drew the test members would hold out the same places again.
        _validation ??= Protocols.Validation(data.Split, request.Seed + 1);
        var fixedSettings = request.SettingsOf(asked).ToDictionary(StringComparer.Ordinal);
        var search = new HyperparameterSearch(asked.Algorithm, fixedSettings, _validation, cutoff, data.Titles, ComputeOptions.Default, clock);
        Progress($"searching {trials} settings of {asked.Name} on {_validation.EvaluatedUsers:N0} validation members");
        double best = 0;
        var report = search.Run(
            new SearchOptions(trials, request.Seed, request.Budget / request.Algorithms.Count(HasSomething)), Finished(), (trial, done, total) =>
            {
                Keep(trial);
                best = Math.Max(best, trial.Score ?? 0);
                string score = trial.Failure ?? string.Create(CultureInfo.InvariantCulture, $"{trial.Score:F4}, best so far {best:F4}");
                Progress($"{done}/{total} {trial.Share:P0} of the members, {trial.Seconds:F1} s, {Described(trial)}: {score}");
            }, cancellationToken);
        Progress($"{asked.Name}: best {report.Measure} {report.Score:F4} of {report.Tried} settings in {report.Measured} measurements, {report.Seconds:F0} s{(report.OutOfTime ? ", out of time" : "")}");
        return report;
    }

    private bool HasSomething(AskedAlgorithm asked) =>
        SearchSpace.Of(asked.Algorithm).ExceptBy(request.SettingsOf(asked).Select(setting => setting.Key), range => range.Setting).Any();

    private IEnumerable<SearchTrial> Finished() => request.Resume is { Exists: true } file
        ? File.ReadLines(file.FullName).Select(SearchTrial.Parse).OfType<SearchTrial>()
        : [];

    private void Keep(SearchTrial trial)
    {
        if (request.Resume is { } file)
            File.AppendAllLines(file.FullName, [trial.ToLine()]);
    }

    private static string Described(SearchTrial trial) =>
        trial.Number == 0 ? "as asked for" : string.Join(' ', trial.Settings.Select(setting => $"{setting.Key}={setting.Value}"));

    private static void Progress(FormattableString text) => Console.Error.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
