using Pipeline.Models.Ranking;
using Pipeline.Models.Training;
using static System.FormattableString;

namespace Pipeline.Models.Evaluation;

/// <summary>An algorithm with its settings that may become the model.</summary>
/// <param name="Name">As reports call it; no two alike.</param>
public sealed record ModelCandidate(string Name, ITrainer Trainer);

/// <summary>Trains every candidate on the same data and picks the one that does best on the same validation members.</summary>
/// <param name="groups">What calibration is measured over; null for head, middle and tail of the catalogue.</param>
public sealed class ModelSelection(EvaluationSplit validation, int seed, ComputeOptions compute, TimeProvider clock, ContentGroups? groups = null)
{
    private readonly ContentGroups groups = groups ?? ContentGroups.ByPopularity(validation.Train);

    /// <param name="candidates">One at least besides popularity, which is only measured: it is what others must beat.</param>
    /// <param name="progress">Called before each candidate and after each of its iterations, with what is being done and the share of all that is done.</param>
    /// <exception cref="EvaluationException">Not one of them could be trained.</exception>
    /// <exception cref="OperationCanceledException">Checked while candidates train and rank.</exception>
    public SelectionReport Run(IReadOnlyList<ModelCandidate> candidates, Action<string, double>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        var rows = new List<CandidateRow>();
        var lists = new ListMetrics(validation.Train, groups);
        for (var n = 0; n < candidates.Count; n++)
        {
            progress?.Invoke(candidates[n].Name, (double)n / candidates.Count);
            rows.Add(Try(candidates[n], lists, cancellationToken));
        }
        CandidateRow[] ranked = [.. rows.OrderByDescending(row => row.Failure is null).ThenByDescending(row => row.Mean(PromotionGate.Measure))];
        var winner = Array.Find(ranked, row => row.Failure is null && row.Algorithm != PopularityModel.AlgorithmName)
            ?? throw new EvaluationException($"No candidate could be trained: {string.Join("; ", rows.Select(row => $"{row.Name}: {row.Failure}"))}");
        ranked = [.. ranked.Select(row => row == winner || row.Result is null ? row : row with { Difference = Compare(winner, row) })];
        return new SelectionReport(PromotionGate.Measure, validation.EvaluatedUsers, ranked, winner.Name, Why(winner, ranked), groups.Kind);
    }

    private CandidateRow Try(ModelCandidate candidate, ListMetrics lists, CancellationToken cancellationToken)
    {
        var trainer = candidate.Trainer;
        var started = clock.GetTimestamp();
        try
        {
            var model = trainer.Train(validation.Train, compute, progress: null, cancellationToken);
            var seconds = clock.GetElapsedTime(started).TotalSeconds;
            var result = Evaluator.Evaluate(model, validation, [PromotionGate.Cutoff], lists, wholeRankings: false, compute, cancellationToken);
            var measured = GateModel.Of(candidate.Name, result, model.Settings, seed);
            return new CandidateRow(candidate.Name, model.Algorithm, model.Settings, measured.Metrics, seconds) { Result = result };
        }
        catch (Exception problem) when (TrainingFailures.IsOfAlgorithm(problem))
        {
            return new CandidateRow(
                candidate.Name, trainer.Algorithm, trainer.Settings, new Dictionary<string, Interval>(), clock.GetElapsedTime(started).TotalSeconds,
                Failure: problem.Message);
        }
    }

    private PairedComparison Compare(CandidateRow winner, CandidateRow other) =>
        PairedComparison.Of(winner.Result!.PerUser(PromotionGate.Measure), other.Result!.PerUser(PromotionGate.Measure), seed);

    private static string Why(CandidateRow winner, IReadOnlyList<CandidateRow> ranked)
    {
        var best = Invariant($"{winner.Name} has the highest {PromotionGate.Measure} on the validation members, {winner.Mean(PromotionGate.Measure):F4}");
        var second = ranked.FirstOrDefault(row => row.Difference is not null && row.Algorithm != PopularityModel.AlgorithmName);
        if (second?.Difference is not { } difference)
            return $"{best}; nothing else could be picked";
        var certain = difference.IsBetter ? "more than chance" : "no more than chance may give";
        return Invariant($"{best}: {PairedComparison.Signed(difference.Difference)} over {second.Name} ({PairedComparison.Signed(difference.DifferenceLow)} to {PairedComparison.Signed(difference.DifferenceHigh)}, 95 %), {certain}");
    }
}
