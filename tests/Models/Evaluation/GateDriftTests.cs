using Pipeline.Models.Evaluation;

namespace Pipeline.Models.Tests.Evaluation;

/// <summary>Nights in a row: each challenger is a little worse than the champion, and nobody knows.</summary>
[Trait("speed", "fast")]
public sealed class GateDriftTests
{
    private const int Members = 600;
    private const int Nights = 60;
    private const double Step = 0.99;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Sixty_nights_of_challengers_that_are_each_worse_by_1_percent_cost_no_more_than_twice_the_margin(int seed) =>
        Assert.InRange(QualityAfter(seed, anchored: true), 1 - (2 * GateRules.Default.Margin), 1);

    [Fact]
    public void Without_an_anchor_they_add_up() => Assert.InRange(QualityAfter(seed: 1, anchored: false), 0, 1 - (3 * GateRules.Default.Margin));

    [Fact]
    public void Who_wins_outright_is_the_next_anchor_and_who_is_only_not_worse_is_held_to_the_last_one()
    {
        var random = new Random(1);
        var (champion, anchor) = (Night(random, 1), Night(random, 1.02));
        Assert.Equal(7, Report(Night(random, 1.01), champion, anchor).NextAnchor(7));
        Assert.Null(Report(Night(random, 1.3), champion, anchor).NextAnchor(7));
        Assert.Contains(Report(Night(random, 0.9), champion, anchor).Checks, check => check is { Name: "anchor", Passed: false });
        Assert.Null(new GateReport(true, "", "", 0, 0.2, GateRules.Default, null, null, null, []).NextAnchor(null));
    }

    /// <returns>Of the champion after the nights, as a share of the first one's.</returns>
    private static double QualityAfter(int seed, bool anchored)
    {
        var random = new Random(seed);
        var (champion, anchor) = (1.0, 1.0);
        for (var night = 0; night < Nights; night++)
        {
            var challenger = champion * Step;
            // Every night asks anew: members have watched on.
            var report = Report(Night(random, challenger), Night(random, champion), anchored && anchor != champion ? Night(random, anchor) : null);
            if (!report.Promoted)
                continue;
            if (report.NextAnchor(1) is null)
                anchor = challenger;
            champion = challenger;
        }
        return champion;
    }

    private static GateReport Report(EvaluationResult challenger, EvaluationResult champion, EvaluationResult? anchor)
    {
        var checks = PromotionGate.Check(challenger, champion, Measured(new double[Members]), [], GateRules.Default, seed: 1, anchor);
        return new GateReport(checks.All(check => check.Passed), "", PromotionGate.Measure, Members, 0.2, GateRules.Default, null, null, null, checks);
    }

    /// <summary>Half of the members are served alike by all models, the others by luck.</summary>
    private static EvaluationResult Night(Random random, double quality)
    {
        var members = new Random(77);
        return Measured([.. Enumerable.Range(0, Members).Select(_ =>
        {
            var gain = members.Next(3) == 0 ? 0 : members.NextDouble();
            return quality * (random.Next(2) == 0 ? gain : (0.7 * gain) + (0.3 * (random.Next(3) == 0 ? 0 : random.NextDouble())));
        })]);
    }

    private static EvaluationResult Measured(double[] gains) => new(
        "simulated", new Dictionary<string, double[]> { [PromotionGate.Measure] = gains }, new Dictionary<int, int[]> { [PromotionGate.Cutoff] = [1] });
}
