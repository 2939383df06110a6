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

    /// <summary>What models are compared in.</summary>
    public static string Measure { get; } = EvaluationResult.Measure(Metrics.Ndcg, Cutoff);

    private static readonly string Coverage = EvaluationResult.Measure(ListMetrics.Coverage, Cutoff);
    private static readonly string Calibration = EvaluationResult.Measure(ListMetrics.Calibration, Cutoff);

    /// <param name="champion">The model now served; null where there is none.</param>
    /// <param name="slices">Of the members; a slice that is too small to tell may not be shown worse, larger ones must be shown not worse.</param>
    /// <param name="seed">Of the intervals.</param>
    /// <returns>Checks in the order in which they are told: popularity, champion, slices, floors.</returns>
    public static IReadOnlyList<GateCheck> Check(
        EvaluationResult challenger,
        EvaluationResult? champion,
        EvaluationResult popularity,
        IReadOnlyList<Slice> slices,
        GateRules rules,
        int seed)
    {
        ArgumentNullException.ThrowIfNull(challenger);
        ArgumentNullException.ThrowIfNull(popularity);
        ArgumentNullException.ThrowIfNull(slices);
        ArgumentNullException.ThrowIfNull(rules);
        var checks = new List<GateCheck> { BeatsPopularity(challenger, popularity, seed) };
        if (champion is not null)
        {
            checks.Add(IsNotWorse(challenger, champion, rules.Margin, seed));
            checks.AddRange(slices.Select(slice => IsNotWorseFor(slice, challenger, champion, rules.SliceMargin, seed)));
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

    private static GateCheck IsNotWorse(EvaluationResult challenger, EvaluationResult champion, double margin, int seed)
    {
        var comparison = PairedComparison.Of(challenger.PerUser(Measure), champion.PerUser(Measure), seed);
        var bound = margin * comparison.Baseline;
        var passed = comparison.IsBetter || comparison.DifferenceLow >= -bound;
        var verdict = comparison.IsBetter ? "better" : passed ? "not worse" : comparison.IsWorse ? "worse" : "not shown to be as good";
        return new GateCheck("champion", passed, Invariant($"{verdict}: {Figures(comparison)}, margin {bound:F4} ({margin:P0})"), comparison);
    }

    private static GateCheck IsNotWorseFor(Slice slice, EvaluationResult challenger, EvaluationResult champion, double margin, int seed)
    {
        var comparison = PairedComparison.Of(slice.Select(challenger.PerUser(Measure)), slice.Select(champion.PerUser(Measure)), seed);
        var bound = margin * comparison.Baseline;
        var shown = comparison.IsBetter || comparison.DifferenceLow >= -bound;
        // Only where the interval is no wider than the margin will an equal challenger nearly always show it; a smaller slice may not be shown worse.
        var tells = comparison.DifferenceHigh - comparison.DifferenceLow <= bound;
        var passed = shown || (!tells && !comparison.IsWorse);
        var verdict = comparison.IsBetter ? "better" : shown ? "not worse" : passed ? "too few to tell" : comparison.IsWorse ? "worse" : "not shown to be as good";
        return new GateCheck(
            $"slice {slice.Name}", passed, Invariant($"{verdict}: {Figures(comparison)}, margin {bound:F4} ({margin:P0})"), comparison);
    }

    private static string Figures(PairedComparison comparison) => Invariant(
        $"{Measure} {comparison.Challenger:F4} against {comparison.Baseline:F4} for {comparison.Users:N0} members, difference {comparison.Difference:+0.0000;-0.0000} ({comparison.DifferenceLow:+0.0000;-0.0000} to {comparison.DifferenceHigh:+0.0000;-0.0000}, 95 %)");
}
