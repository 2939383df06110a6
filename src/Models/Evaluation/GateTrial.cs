using Pipeline.Models.Features;
using Pipeline.Models.Ranking;
using Pipeline.Models.Training;

namespace Pipeline.Models.Evaluation;

/// <summary>A model before the gate.</summary>
/// <param name="Name">What reports call it, such as <c>model 12</c>.</param>
/// <param name="HeldOutShare">Share of the members, by <see cref="FrozenMembers.PlaceOf"/>, that it was not trained on.</param>
public sealed record GateContender(string Name, IRecommender Model, double HeldOutShare);

/// <summary>Measures a challenger, the champion and popularity on the same frozen members and brings them before the gate.</summary>
/// <param name="slicesOf">The slices of the members who are asked.</param>
/// <param name="seed">Of the intervals.</param>
public sealed class GateTrial(
    InteractionMatrix interactions, Func<EvaluationSplit, IReadOnlyList<Slice>> slicesOf, GateRules rules, int seed, ComputeOptions compute)
{
    /// <summary>How lists are reordered that would be published. Titles are alike by what members have of them who are not asked.</summary>
    public RerankOptions Rerank { get; init; } = RerankOptions.None;

    /// <summary>The last champion that won outright; null where that is the champion, or cannot be asked.</summary>
    public GateContender? Anchor { get; init; }

    /// <summary>What calibration is over, of a catalogue; null, or where it gives null, head, middle and tail.</summary>
    public Func<IdIndex, ContentGroups?>? GroupsOf { get; init; }

    /// <summary>Where nobody can be asked the challenger is not promoted.</summary>
    /// <param name="champion">The model now served, or null.</param>
    /// <param name="noChampion">Why there is none.</param>
    /// <exception cref="OperationCanceledException">Checked while lists are made.</exception>
    public GateReport Run(GateContender challenger, GateContender? champion, string? noChampion, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(challenger);
        if (champion is { HeldOutShare: <= 0 })
        {
            noChampion = $"{champion.Name} was trained on the members who would be asked";
            champion = null;
        }
        // Of several shares the smallest one: none of its members was trained on by any.
        var anchor = champion is not null && Anchor is { HeldOutShare: > 0 } held ? held : null;
        var share = Math.Min(challenger.HeldOutShare, Math.Min(champion?.HeldOutShare ?? 1, anchor?.HeldOutShare ?? 1));
        EvaluationSplit split;
        try
        {
            split = FrozenMembers.Split(interactions, 0, share);
        }
        catch (EvaluationException problem)
        {
            return new GateReport(
                Promoted: false, problem.Message, PromotionGate.Measure, Members: 0, challenger.HeldOutShare, rules, null, null, null, [], noChampion);
        }
        var groups = GroupsOf?.Invoke(split.Train.Contents) ?? ContentGroups.ByPopularity(split.Train);
        var lists = new ListMetrics(split.Train, groups);
        var challenged = Measure(challenger.Model, Rerank);
        var served = champion is null ? null : Measure(champion.Model, Rerank);
        var anchored = anchor is null ? null : Measure(anchor.Model, Rerank);
        var popular = Measure(PopularityModel.Train(split.Train), RerankOptions.None);
        var checks = PromotionGate.Check(challenged, served, popular, slicesOf(split), rules, seed, anchored);
        return new GateReport(
            checks.All(check => check.Passed),
            PromotionGate.Reason(checks),
            PromotionGate.Measure,
            split.EvaluatedUsers,
            challenger.HeldOutShare,
            rules,
            GateModel.Of(challenger.Name, challenged, challenger.Model.Settings, seed),
            served is null ? null : GateModel.Of(champion!.Name, served, champion.Model.Settings, seed),
            GateModel.Of(PopularityModel.AlgorithmName, popular, new Dictionary<string, string>(), seed),
            checks,
            noChampion,
            groups.Kind,
            anchored is null ? null : GateModel.Of(anchor!.Name, anchored, anchor.Model.Settings, seed));

        EvaluationResult Measure(IRecommender model, RerankOptions rerank)
        {
            var aligned = model.Contents.Ids.SequenceEqual(split.Train.Contents.Ids) ? model : new AlignedRecommender(model, split.Train.Contents);
            var listed = rerank.IsNone ? aligned : new RerankedRecommender(aligned, split.Train, rerank, groups);
            return Evaluator.Evaluate(listed, split, [PromotionGate.Cutoff], lists, wholeRankings: false, compute, cancellationToken);
        }
    }
}
