using Pipeline.Models.Features;
using Pipeline.Models.Training;

namespace Pipeline.Models.Evaluation;

/// <param name="Passed">True where the challenger may be published.</param>
/// <param name="Reason">For people, with the figures.</param>
/// <param name="Comparison">Null where nobody could be evaluated.</param>
public sealed record GateResult(bool Passed, string Reason, PairedComparison? Comparison);

/// <summary>
/// Asks whether an algorithm beats popularity on what members went on to watch: both are trained without each member's last title
/// and have to find it among the first 20.
/// </summary>
public static class PublicationGate
{
    public const int Cutoff = 20;

    public static string Measure { get; } = $"recall@{Cutoff}";

    /// <param name="interactions">With times.</param>
    /// <param name="seed">Of the interval.</param>
    public static GateResult Check(
        InteractionMatrix interactions, ITrainer challenger, ComputeOptions compute, int seed, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(interactions);
        ArgumentNullException.ThrowIfNull(challenger);
        EvaluationSplit split;
        try
        {
            split = Protocols.Split(Protocols.LeaveLastOut, interactions, seed);
        }
        catch (EvaluationException problem)
        {
            return new GateResult(Passed: false, problem.Message, Comparison: null);
        }
        var comparison = PairedComparison.Of(Recalls(challenger), Recalls(new PopularityTrainer()), seed);
        var means = FormattableString.Invariant($"{Measure} {comparison.Challenger:F4} against popularity's {comparison.Baseline:F4}");
        var interval = FormattableString.Invariant($"difference {comparison.DifferenceLow:F4} to {comparison.DifferenceHigh:F4} (95 %)");
        var verdict = comparison.IsBetter ? "better" : "not better";
        return new GateResult(comparison.IsBetter, $"{verdict}: {means} for {comparison.Users} members, {interval}", comparison);

        ReadOnlySpan<double> Recalls(ITrainer trainer)
        {
            var model = trainer.Train(split.Train, compute, progress: null, cancellationToken);
            return Evaluator.Evaluate(model, split, [Cutoff], compute, cancellationToken).PerUser(Measure);
        }
    }
}
