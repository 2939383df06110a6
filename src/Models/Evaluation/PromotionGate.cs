using static System.FormattableString;

namespace Pipeline.Models.Evaluation;

/// <summary>
/// Asks whether a challenger may take the champion's place. Both, and popularity, were measured on the same frozen members; what counts is
/// the paired difference, member by member, and the lower end of its interval: a challenger has to show that it is not worse (a test of
/// non-inferiority: S. Wellek, "Testing Statistical Hypotheses of Equivalence and Noninferiority", 2010), since a small sample would let
/// anything through that only has to be not shown worse.
/// </summary>
public static class PromotionGate
{
    /// <summary>Length of the lists that are measured.</summary>
    public const int Cutoff = 20;

    /// <summary>
    /// Most of the challengers that are worse by the whole margin that get through. The intervals' nominal rate is half of it; the rest is for
    /// what a bootstrap of few members is short of.
    /// </summary>
    public const double FalsePromotionRate = 0.05;

    /// <summary>Most of the challengers that are equal for every slice that slices stop, however many those are.</summary>
    public const double FalseSliceRate = 0.05;

    /// <summary>What models are compared in.</summary>
    public static string Measure { get; } = EvaluationResult.Measure(Metrics.Ndcg, Cutoff);

    private static readonly string Coverage = EvaluationResult.Measure(ListMetrics.Coverage, Cutoff);
    private static readonly string Calibration = EvaluationResult.Measure(ListMetrics.Calibration, Cutoff);

    /// <param name="champion">The model now served; null where there is none.</param>
    /// <param name="slices">Of the members; one for which the challenger is shown worse stops it, all slices taken together.</param>
    /// <param name="seed">Of the intervals.</param>
    /// <param name="anchor">The last champion that won outright, where that is another than the champion: who is not worse night after night may not be worse than this one either.</param>
    /// <returns>Checks in the order in which they are told: popularity, champion, anchor, slices, floors.</returns>
    public static IReadOnlyList<GateCheck> Check(
        EvaluationResult challenger,
        EvaluationResult? champion,
        EvaluationResult popularity,
        IReadOnlyList<Slice> slices,
        GateRules rules,
        int seed,
        EvaluationResult? anchor = null)
    {
        ArgumentNullException.ThrowIfNull(challenger);
        ArgumentNullException.ThrowIfNull(popularity);
        ArgumentNullException.ThrowIfNull(slices);
        ArgumentNullException.ThrowIfNull(rules);
        var checks = new List<GateCheck> { BeatsPopularity(challenger, popularity, seed) };
        if (champion is not null)
        {
            checks.Add(IsNotWorse("champion", challenger, champion, rules.Margin, seed));
            if (anchor is not null)
                checks.Add(IsNotWorse("anchor", challenger, anchor, rules.Margin, seed));
            checks.AddRange(AreNotWorse(slices, challenger, champion, rules.SliceMargin, seed));
        }
        if (challenger.Means.TryGetValue(Coverage, out var coverage))
        {
            checks.Add(new GateCheck("coverage", coverage >= rules.MinCoverage,
                Invariant($"{Coverage} {coverage:F4}, at least {rules.MinCoverage:G4}")));
        }
        if (challenger.Means.TryGetValue(Calibration, out var divergence))
        {
            checks.Add(new GateCheck("calibration", divergence <= rules.MaxCalibration,
                Invariant($"{Calibration} {divergence:F4} nats, at most {rules.MaxCalibration:G4}")));
        }
        return checks;
    }

    /// <summary>What to tell people: the first check that failed, or what the challenger was let through by.</summary>
    public static string Reason(IReadOnlyList<GateCheck> checks)
    {
        ArgumentNullException.ThrowIfNull(checks);
        var failed = checks.FirstOrDefault(check => !check.Passed);
        var told = failed ?? checks.FirstOrDefault(check => check.Name == "champion") ?? checks[0];
        return $"{told.Name}: {told.Detail}";
    }

    private static GateCheck BeatsPopularity(EvaluationResult challenger, EvaluationResult popularity, int seed)
    {
        var comparison = PairedComparison.Of(challenger.PerUser(Measure), popularity.PerUser(Measure), seed);
        return new GateCheck("popularity", comparison.IsBetter, $"{(comparison.IsBetter ? "better" : "not better")}: {Figures(comparison)}", comparison);
    }

    private static GateCheck IsNotWorse(string name, EvaluationResult challenger, EvaluationResult champion, double margin, int seed)
    {
        var comparison = PairedComparison.Of(challenger.PerUser(Measure), champion.PerUser(Measure), seed);
        var bound = margin * comparison.Baseline;
        var passed = comparison.IsBetter || comparison.DifferenceLow >= -bound;
        var verdict = comparison.IsBetter ? "better" : passed ? "not worse" : comparison.IsWorse ? "worse" : "not shown to be as good";
        return new GateCheck(name, passed, Invariant($"{verdict}: {Figures(comparison)}, margin {bound:F4} ({margin:P0})"), comparison);
    }

    private static IEnumerable<GateCheck> AreNotWorse(
        IReadOnlyList<Slice> slices, EvaluationResult challenger, EvaluationResult champion, double margin, int seed)
    {
        var gains = slices.Select(slice => (Challenger: slice.Select(challenger.PerUser(Measure)), Champion: slice.Select(champion.PerUser(Measure)))).ToArray();
        // One slice in twenty looks worse by chance, so of many one nearly always does: they are judged together.
        var worse = Significance.Holm([.. gains.Select(slice => Significance.OfLoss(slice.Challenger, slice.Champion))], FalseSliceRate);
        return slices.Select((slice, n) =>
        {
            var comparison = PairedComparison.Of(gains[n].Challenger, gains[n].Champion, seed);
            var bound = margin * comparison.Baseline;
            var shown = comparison.IsBetter || comparison.DifferenceLow >= -bound;
            var passed = shown || !worse[n];
            var verdict = comparison.IsBetter ? "better" : shown ? "not worse" : passed ? "too few to tell" : "worse";
            return new GateCheck($"slice {slice.Name}", passed, Invariant($"{verdict}: {Figures(comparison)}, margin {bound:F4} ({margin:P0})"), comparison);
        });
    }

    private static string Figures(PairedComparison comparison) => Invariant(
        $"{Measure} {comparison.Challenger:F4} against {comparison.Baseline:F4} for {comparison.Users:N0} members, difference {PairedComparison.Signed(comparison.Difference)} ({PairedComparison.Signed(comparison.DifferenceLow)} to {PairedComparison.Signed(comparison.DifferenceHigh)}, 95 %)");
}
