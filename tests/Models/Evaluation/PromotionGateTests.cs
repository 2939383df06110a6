using Pipeline.Models.Evaluation;
using Pipeline.Models.Ranking;
using Pipeline.Models.Training;

namespace Pipeline.Models.Tests.Evaluation;

[Trait("speed", "fast")]
public sealed class PromotionGateTests
{
    private const int Members = 600;
    private const int Challengers = 200;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public void Of_200_challengers_that_are_worse_by_2_percent_no_more_than_the_stated_rate_are_promoted()
    {
        var promoted = Promotions(better: -0.02, Challengers);
        Assert.InRange(promoted, 0, (int)(PromotionGate.FalsePromotionRate * Challengers));
    }

    [Fact]
    public void The_gate_is_no_wall_equal_and_better_challengers_get_through()
    {
        const int Some = 40;
        Assert.InRange(Promotions(better: 0, Some), 8, Some);
        Assert.InRange(Promotions(better: 0.05, Some), 36, Some);
        Assert.Equal(0, Promotions(better: -0.1, Some));
    }

    [Fact]
    public void A_challenger_that_fails_a_slice_is_not_promoted_whatever_the_others_gain()
    {
        var champion = Measured(Draw(1));
        // Every tenth member loses half; the others gain a tenth.
        var challenger = Measured([.. champion.PerUser(PromotionGate.Measure).ToArray().Select((value, n) => value * (n % 10 == 0 ? 0.5 : 1.1))]);
        Slice[] slices = [new("tenth", [.. Enumerable.Range(0, Members).Where(n => n % 10 == 0)]), new("others", [.. Enumerable.Range(0, Members).Where(n => n % 10 > 0)])];
        var checks = Check(challenger, champion, slices);

        Assert.True(Named(checks, "champion").Passed, Named(checks, "champion").Detail);
        Assert.False(Named(checks, "slice tenth").Passed);
        Assert.StartsWith("worse", Named(checks, "slice tenth").Detail, StringComparison.Ordinal);
        Assert.True(Named(checks, "slice others").Passed);
        Assert.StartsWith("slice tenth: worse", PromotionGate.Reason(checks), StringComparison.Ordinal);
    }

    [Fact]
    public void A_slice_that_is_too_small_to_tell_stops_nobody_unless_it_is_shown_worse()
    {
        var champion = Measured(Draw(1));
        var challenger = Measured([.. champion.PerUser(PromotionGate.Measure).ToArray().Select((value, n) => n < 12 && n % 2 == 0 ? value * 0.7 : value * 1.1)]);
        Assert.Equal("too few to tell", Named(Check(challenger, champion, [new("few", [.. Enumerable.Range(0, 12)])]), "slice few").Detail.Split(':')[0]);
        var spoilt = Measured([.. champion.PerUser(PromotionGate.Measure).ToArray().Select((value, n) => n < 12 ? value * 0.7 : value * 1.1)]);
        Assert.False(Named(Check(spoilt, champion, [new("few", [.. Enumerable.Range(0, 12)])]), "slice few").Passed);
    }

    [Fact]
    public void A_large_slice_must_be_shown_not_worse()
    {
        var champion = Measured(Draw(1));
        var random = new Random(5);
        // A tenth less for all, with little noise: shown worse than the margin allows.
        var challenger = Measured([.. champion.PerUser(PromotionGate.Measure).ToArray().Select(value => value * (0.86 + (0.02 * random.NextDouble())))]);
        Assert.False(Named(Check(challenger, champion, [new("all", [.. Enumerable.Range(0, Members)])]), "slice all").Passed);
    }

    [Fact]
    public void Slices_of_equal_challengers_stop_no_more_than_the_stated_rate_however_many_there_are()
    {
        const int Draws = 100;
        Slice[] slices = [.. Enumerable.Range(0, 13).Select(slice => new Slice($"{slice}", [.. Enumerable.Range(0, Members).Where(member => member % 13 == slice)]))];
        var stopped = Enumerable.Range(0, Draws).Count(seed =>
        {
            var (champion, random) = (Draw(seed), new Random(seed));
            var equal = champion.Select(value => value * (0.8 + (0.4 * random.NextDouble()))).ToArray();
            return Check(Measured(equal), Measured(champion), slices).Any(check => check.Name.StartsWith("slice", StringComparison.Ordinal) && !check.Passed);
        });
        // Twice the rate is more than three deviations of so many draws above it.
        Assert.InRange(stopped, 0, (int)(2.2 * PromotionGate.FalseSliceRate * Draws));
    }

    [Theory]
    [InlineData(0.04, 0.5, "coverage")]
    [InlineData(0.5, 1.6, "calibration")]
    [InlineData(0.5, 0.5, null)]
    public void Lists_of_a_few_titles_or_of_other_kinds_than_were_watched_are_stopped(double coverage, double divergence, string? stopped)
    {
        var champion = Measured(Draw(1));
        var challenger = Measured([.. champion.PerUser(PromotionGate.Measure).ToArray().Select(value => value * 1.1)], coverage, divergence);
        var failed = Check(challenger, champion, []).Where(check => !check.Passed).Select(check => check.Name);
        Assert.Equal(stopped is null ? [] : [stopped], failed);
    }

    [Fact]
    public void A_better_model_passes_an_equal_one_does_not_beat_popularity_and_the_report_survives_the_registry()
    {
        var data = Generated.PlantedInTime(users: 900, contents: 200);
        var train = FrozenMembers.Split(data, 0, 0.2).Train;
        var learned = new ImplicitAlsTrainer(new ImplicitAlsParameters { Rank = 8, Iterations = 8 }).Train(train, ComputeOptions.Default, null, Cancelled);
        var popular = PopularityModel.Train(train);
        var trial = new GateTrial(data, Slices.ByActivity, GateRules.Default, seed: 1, ComputeOptions.Default);

        var first = trial.Run(new GateContender("ials", learned, 0.2), null, "no model is served yet", Cancelled);
        Assert.True(first.Promoted, first.Reason);
        Assert.Equal("no model is served yet", first.NoChampion);
        Assert.False(trial.Run(new GateContender("popularity", popular, 0.2), null, null, Cancelled).Promoted);

        var again = trial.Run(new GateContender("ials", learned, 0.2), new GateContender("model 1", learned, 0.1), null, Cancelled);
        Assert.True(again.Promoted, again.Reason);
        Assert.True(again.Members < first.Members, "the smaller share of the two is asked");
        Assert.Equal(0, again.Checks.Single(check => check.Name == "champion").Comparison!.Difference);
        var worse = trial.Run(new GateContender("popularity", popular, 0.2), new GateContender("model 1", learned, 0.2), null, Cancelled);
        Assert.Contains(worse.Checks, check => check is { Name: "champion", Passed: false });

        var read = TrainingReport.FromJson(new TrainingReport(null, again).ToJson());
        Assert.Equal(again.Checks, read.Gate.Checks);
        Assert.Equal(again.Challenger!.Metrics, read.Gate.Challenger!.Metrics);
    }

    [Fact]
    public void A_champion_of_before_there_were_frozen_members_is_not_compared_with()
    {
        var data = Generated.PlantedInTime(users: 400, contents: 100);
        var model = PopularityModel.Train(data);
        var report = new GateTrial(data, Slices.ByActivity, GateRules.Default, 1, ComputeOptions.Default)
            .Run(new GateContender("new", model, 0.2), new GateContender("model 3", model, 0), null, Cancelled);
        Assert.Null(report.Champion);
        Assert.Equal("model 3 was trained on the members who would be asked", report.NoChampion);
    }

    [Fact]
    public void A_champion_of_another_catalogue_is_asked_about_todays()
    {
        var data = Generated.PlantedInTime(users: 400, contents: 100);
        var old = PopularityModel.Train(Generated.PlantedInTime(users: 300, contents: 60));
        var report = new GateTrial(data, Slices.ByActivity, GateRules.Default, 1, ComputeOptions.Default)
            .Run(new GateContender("new", PopularityModel.Train(data), 0.2), new GateContender("model 3", old, 0.2), null, Cancelled);
        Assert.InRange(report.Champion!.Metrics["coverage@20"].Mean, 0.01, 0.6);
    }

    [Fact]
    public void Lists_are_measured_as_they_would_be_published_and_nothing_that_is_hidden_orders_them()
    {
        var data = Generated.PlantedInTime(users: 600, contents: 100);
        var split = FrozenMembers.Split(data, 0, 0.2);
        var model = new ImplicitAlsTrainer(new ImplicitAlsParameters { Rank = 8, Iterations = 4 }).Train(split.Train, ComputeOptions.Default, null, Cancelled);
        var kinds = ContentGroups.ByLabels(split.Train.Contents, content => [$"taste {content % 5}"]);
        var rerank = new RerankOptions { Diversity = 1, Calibration = 1 };
        var report = new GateTrial(data, Slices.ByActivity, GateRules.Default, 1, ComputeOptions.Default) { Rerank = rerank, GroupsOf = _ => kinds }
            .Run(new GateContender("new", model, 0.2), null, null, Cancelled);

        Assert.Equal("genres", report.CalibratedOver);
        Assert.Equal(Means(split.Train), report.Challenger!.Metrics.ToDictionary(metric => metric.Key, metric => metric.Value.Mean));
        Assert.NotEqual(Means(data), Means(split.Train));

        Dictionary<string, double> Means(Models.Features.InteractionMatrix known) => Evaluator.Evaluate(
            new RerankedRecommender(model, known, rerank, kinds), split, [PromotionGate.Cutoff], new ListMetrics(split.Train, kinds), wholeRankings: false,
            ComputeOptions.Default, Cancelled).Means.ToDictionary();
    }

    private static int Promotions(double better, int challengers) => Enumerable.Range(0, challengers).Count(n =>
    {
        var champion = Draw(2 * n);
        var other = Draw(2 * n + 1);
        var random = new Random(n);
        // Half of the members are served as before, the others by luck of another draw; the mean differs by what was asked for.
        var challenger = champion.Select((value, member) => (1 + better) * (random.Next(2) == 0 ? value : 0.7 * value + 0.3 * other[member])).ToArray();
        return Check(Measured(challenger), Measured(champion), []).All(check => check.Passed);
    });

    // As gains are distributed: many members without any, the others anywhere between 0 and 1.
    private static double[] Draw(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Members).Select(_ => random.Next(3) == 0 ? 0 : random.NextDouble())];
    }

    private static IReadOnlyList<GateCheck> Check(EvaluationResult challenger, EvaluationResult champion, Slice[] slices) =>
        PromotionGate.Check(challenger, champion, Measured(new double[Members]), slices, GateRules.Default, seed: 1);

    private static GateCheck Named(IReadOnlyList<GateCheck> checks, string name) => checks.Single(check => check.Name == name);

    private static EvaluationResult Measured(double[] gains, double coverage = 0.5, double divergence = 0.2)
    {
        var listed = new int[100];
        listed.AsSpan(0, (int)(100 * coverage)).Fill(1);
        return new EvaluationResult(
            "simulated",
            new Dictionary<string, double[]> { [PromotionGate.Measure] = gains, ["calibration@20"] = [.. gains.Select(_ => divergence)] },
            new Dictionary<int, int[]> { [PromotionGate.Cutoff] = listed });
    }
}
