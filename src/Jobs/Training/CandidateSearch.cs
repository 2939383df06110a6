using Pipeline.Jobs.Runs;
using Pipeline.Models.Evaluation;
using Pipeline.Models.Training;
using static Pipeline.Jobs.Training.TrainingParameters;

namespace Pipeline.Jobs.Training;

/// <summary>
/// Looks for better settings of the candidates, on the validation members, and adds what it finds to the table. A run that is tried again
/// goes on from what the attempt before had measured.
/// </summary>
internal sealed class CandidateSearch(JobRun run, EvaluationSplit validation, KnownTitles titles, string folder, TimeProvider clock)
{
    /// <returns>One candidate more for each algorithm that has something to search.</returns>
    public async Task<IReadOnlyList<ModelCandidate>> ExtendAsync(IReadOnlyList<ModelCandidate> candidates, CancellationToken cancellationToken)
    {
        if (run.Parameters.Get(Search) == 0)
            return candidates;
        string[] algorithms = [.. candidates.Select(candidate => candidate.Trainer.Algorithm).Distinct().Where(name => SearchSpace.Of(name).Count > 0)];
        Directory.CreateDirectory(folder);
        string state = Path.Combine(folder, $"search-{run.Lease.RunId}.jsonl");
        var extended = candidates.ToList();
        foreach (string algorithm in algorithms)
        {
            await run.StepAsync($"searching settings of {algorithm}", cancellationToken);
            SearchReport report;
            try
            {
                report = Find(algorithm, state, algorithms.Length, cancellationToken);
            }
            catch (EvaluationException problem)
            {
                // The candidate's own row says why.
                await run.LogAsync($"{algorithm} is not searched: {problem.Message}", cancellationToken);
                continue;
            }
            await run.LogAsync(
                FormattableString.Invariant($"{algorithm}: {report.Measure} {report.Score:F4} with {string.Join(' ', report.Settings.Select(setting => $"{setting.Key}={setting.Value}"))}, best of {report.Tried} settings in {report.Measured} measurements, {report.Seconds:F0} s")
                + (report.OutOfTime ? ", out of time" : ""), cancellationToken);
            extended.Add(new ModelCandidate($"{algorithm}-found", Trainers.Create(algorithm, report.Settings, titles)));
        }
        File.Delete(state);
        return extended;
    }

    private SearchReport Find(string algorithm, string state, int algorithms, CancellationToken cancellationToken)
    {
        var search = new HyperparameterSearch(
            algorithm, TrainingCandidates.AskedOf(run.Parameters, algorithm), validation, PromotionGate.Cutoff, titles, ComputeOptions.Default, clock);
        var finished = File.Exists(state) ? File.ReadAllLines(state).Select(SearchTrial.Parse).OfType<SearchTrial>() : [];
        var options = new SearchOptions(
            run.Parameters.Get(Search), run.Parameters.Get(Seed), TimeSpan.FromMinutes(run.Parameters.Get(SearchMinutes)) / algorithms);
        return search.Run(options, finished, (trial, done, total) =>
        {
            File.AppendAllLines(state, [trial.ToLine()]);
            run.Progress((double)done / total);
        }, cancellationToken);
    }
}
