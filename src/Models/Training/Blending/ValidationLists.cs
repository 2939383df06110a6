using Pipeline.Models.Evaluation;
using Pipeline.Models.Features;

namespace Pipeline.Models.Training.Blending;

/// <summary>One member's candidates, for learning how to order them.</summary>
/// <param name="Columns">The history that was left.</param>
/// <param name="Items">Candidates, ascending.</param>
/// <param name="Scores">Shape [models][candidates], standardised.</param>
/// <param name="Wanted">Shape [candidates]: whether it was held out.</param>
/// <param name="HeldOut">Titles held out, candidates or not.</param>
internal sealed record ValidationList(int[] Columns, float[] Confidences, int[] Items, float[][] Scores, bool[] Wanted, int HeldOut);

/// <summary>What first stages, trained without a fifth of each member's titles, put forward for some members.</summary>
/// <param name="Fit">What they were trained on.</param>
/// <param name="Stages">Those of them that could be trained.</param>
internal sealed record ValidationLists(InteractionMatrix Fit, FirstStages Stages, IReadOnlyList<ValidationList> Members)
{
    private const int MembersPerPiece = 16;

    /// <param name="members">Most members that are looked at.</param>
    /// <param name="perModel">Candidates of each model.</param>
    /// <exception cref="ArgumentException">Nobody has enough titles to hold some out, or no first stage can be trained.</exception>
    public static ValidationLists Of(
        InteractionMatrix interactions, FirstStages stages, int members, int perModel, ulong seed, ComputeOptions compute, CancellationToken cancellationToken)
    {
        var split = Split(interactions, seed);
        var (models, fitting) = stages.TrainFitting(split.Train, compute, cancellationToken);
        var chosen = Enumerable.Range(0, split.EvaluatedUsers).ToArray();
        new SplitMix64(seed).Shuffle(chosen);
        chosen = [.. chosen.Take(members).Order()];
        var lists = new ValidationList[chosen.Length];
        Workers.Run(
            compute.Threads,
            (chosen.Length + MembersPerPiece - 1) / MembersPerPiece,
            () => new StageScores(models, compute, cancellationToken),
            (scores, piece) =>
            {
                for (var n = piece * MembersPerPiece; n < Math.Min((piece + 1) * MembersPerPiece, chosen.Length); n++)
                    lists[n] = One(split, chosen[n], scores, models.Length, perModel);
            },
            cancellationToken);
        return new ValidationLists(split.Train, fitting, lists);
    }

    private static EvaluationSplit Split(InteractionMatrix interactions, ulong seed)
    {
        try
        {
            return Protocols.SplitAtRandom(interactions, (int)(seed & int.MaxValue));
        }
        catch (EvaluationException problem)
        {
            throw new ArgumentException($"Nothing can be held out to learn from: {problem.Message}", nameof(interactions), problem);
        }
    }

    private static ValidationList One(EvaluationSplit split, int member, StageScores scores, int models, int perModel)
    {
        var columns = split.Histories.Columns(member);
        scores.Compute(columns, split.Histories.Values(member));
        var items = scores.Candidates(columns, perModel);
        var targets = split.Targets.Columns(member);
        var wanted = new bool[items.Length];
        for (var n = 0; n < items.Length; n++)
            wanted[n] = targets.BinarySearch(items[n]) >= 0;
        var values = new float[models][];
        for (var model = 0; model < models; model++)
        {
            values[model] = new float[items.Length];
            for (var n = 0; n < items.Length; n++)
                values[model][n] = scores[model][items[n]];
        }
        return new ValidationList(columns.ToArray(), split.Histories.Values(member).ToArray(), items, values, wanted, targets.Length);
    }
}
