using Pipeline.Models.Evaluation;
using Pipeline.Models.Tests.Training.Titles;
using Pipeline.Models.Training;

namespace Pipeline.Models.Tests.Evaluation;

[Trait("speed", "fast")]
public sealed class HyperparameterSearchTests
{
    private static readonly EvaluationSplit Validation = FrozenMembers.Split(Generated.PlantedInTime(users: 600, contents: 120), 0.2, 0.4);

    /// <summary>Too few factors and far too much regularization; iterations are not searched, so that it takes no time.</summary>
    private static readonly Dictionary<string, string> Poor = new(StringComparer.Ordinal) { ["iterations"] = "4", ["nu"] = "1" };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public void Settings_are_found_that_are_no_worse_than_those_asked_for_and_each_rung_is_smaller()
    {
        var trials = new List<SearchTrial>();
        var report = Search().Run(new SearchOptions(9, Seed: 1), [], (trial, done, total) =>
        {
            trials.Add(trial);
            Assert.Equal((trials.Count, 15), (done, total));
        }, Cancelled);

        // What was asked for runs all rungs, and first.
        Assert.Equal([(0, 0), (0, 1), (0, 2)], trials.Take(3).Select(trial => (trial.Number, trial.Rung)));
        Assert.Equal([9, 3, 2], trials.GroupBy(trial => trial.Rung).OrderBy(rung => rung.Key).Select(rung => rung.Count()));
        Assert.Equal([1.0 / 9, 1.0 / 3, 1.0], trials.Select(trial => trial.Share).Distinct().Select(share => Math.Round(share, 12)).ToArray(), (a, b) => Math.Abs(a - b) < 1e-9);
        Assert.Equal(trials.Where(trial => trial.Rung == 2).MaxBy(trial => trial.Score)!.Settings, report.Settings);
        Assert.Equal("4", report.Settings["iterations"]);
        Assert.Equal((14, 9, 9, 1.0, false), (report.Measured, report.Trials, report.Tried, report.Share, report.OutOfTime));
        Assert.Equal(trials[2].Score, report.Asked);
        Assert.True(report.Score >= report.Asked);
    }

    [Fact]
    public void The_same_seed_finds_the_same_and_another_draws_others()
    {
        var (one, again, other) = (Search().Run(new SearchOptions(4, 1), [], null, Cancelled), Search().Run(new SearchOptions(4, 1), [], null, Cancelled), new List<SearchTrial>());
        Assert.Equal(one.Settings, again.Settings);
        Assert.Equal(one.Score, again.Score);
        Search().Run(new SearchOptions(4, 2), [], (trial, _, _) => other.Add(trial), Cancelled);
        Assert.DoesNotContain(other, trial => trial.Number > 0 && trial.Settings.SequenceEqual(one.Settings));
    }

    [Fact]
    public void A_search_that_was_stopped_goes_on_where_it_was()
    {
        var whole = Search().Run(new SearchOptions(6, 1), [], null, Cancelled);
        var lines = new List<string>();
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => Search().Run(new SearchOptions(6, 1), [], (trial, done, _) =>
        {
            lines.Add(trial.ToLine());
            if (done == 4)
                stop.Cancel();
        }, stop.Token));

        // The last line was being written when the process ended.
        lines.Add(lines[^1][..20]);
        var resumed = new List<SearchTrial>();
        var report = Search().Run(new SearchOptions(6, 1), [.. lines.Select(SearchTrial.Parse).OfType<SearchTrial>()], (trial, _, _) => resumed.Add(trial), Cancelled);
        Assert.Equal(whole.Settings, report.Settings);
        Assert.Equal(whole.Measured - 4, resumed.Count);

        var others = new List<SearchTrial>();
        var another = Search().Run(new SearchOptions(6, 2), [.. lines.Select(SearchTrial.Parse).OfType<SearchTrial>()], (trial, _, _) => others.Add(trial), Cancelled);
        Assert.Equal(another.Measured, others.Count);
    }

    [Fact]
    public void Settings_that_do_not_fit_the_machine_are_measurements_without_a_score()
    {
        var search = new HyperparameterSearch(
            "ease", new Dictionary<string, string> { ["max-memory"] = "1e-6" }, Validation, 20, null, ComputeOptions.Default, TimeProvider.System);
        var trials = new List<SearchTrial>();
        Assert.Throws<EvaluationException>(() => search.Run(new SearchOptions(3, 1), [], (trial, _, _) => trials.Add(trial), Cancelled));
        Assert.Equal(4, trials.Count);
        Assert.All(trials, trial => Assert.StartsWith("ease needs", trial.Failure, StringComparison.Ordinal));
    }

    [Fact]
    public void A_budget_is_used_and_what_it_left_out_is_told()
    {
        // Every measurement takes 6 s by this clock, on whatever rung, and all of them 84.
        var report = Search(new SteppingClock(TimeSpan.FromSeconds(2))).Run(new SearchOptions(9, 1, TimeSpan.FromSeconds(80)), [], null, Cancelled);
        Assert.True(report.OutOfTime);
        Assert.InRange(report.Tried, 4, 8);
        Assert.Equal(1.0, report.Share);
        Assert.InRange(report.Seconds, 60, 90);

        var enough = Search(new SteppingClock(TimeSpan.FromSeconds(2))).Run(new SearchOptions(9, 1, TimeSpan.FromSeconds(600)), [], null, Cancelled);
        Assert.Equal((9, 14, false), (enough.Tried, enough.Measured, enough.OutOfTime));
    }

    [Fact]
    public void A_measurement_that_takes_longer_than_there_is_time_is_broken_off()
    {
        var slow = new HyperparameterSearch("bpr", new Dictionary<string, string> { ["iterations"] = "2000000" }, Validation, 10, titles: null, ComputeOptions.Default, TimeProvider.System);
        var problem = Assert.Throws<EvaluationException>(() => slow.Run(new SearchOptions(3, 1, TimeSpan.FromSeconds(1)), [], null, Cancelled));
        Assert.Contains("out of time before it had measured anything", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_titles_are_is_searched_where_they_are_known()
    {
        var search = new HyperparameterSearch("content", new Dictionary<string, string>(), Validation, 10, new PlantedTitles(), ComputeOptions.Default, TimeProvider.System);
        var report = search.Run(new SearchOptions(6, 1), [], null, Cancelled);
        Assert.True(report.Score >= report.Asked, $"found {report.Score}, asked for {report.Asked}");
        Assert.Equal(6, report.Tried);
        var unknown = new HyperparameterSearch("content", new Dictionary<string, string>(), Validation, 10, titles: null, ComputeOptions.Default, TimeProvider.System);
        Assert.Contains("could be trained", Assert.Throws<EvaluationException>(() => unknown.Run(new SearchOptions(3, 1), [], null, Cancelled)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_leaves_nothing_to_search_says_so()
    {
        var search = new HyperparameterSearch("popularity", new Dictionary<string, string>(), Validation, 10, titles: null, ComputeOptions.Default, TimeProvider.System);
        Assert.Contains("nothing to search", Assert.Throws<EvaluationException>(() => search.Run(new SearchOptions(3, 1), [], null, Cancelled)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_range_is_of_a_setting_that_there_is_and_its_ends_can_be_trained()
    {
        foreach (var algorithm in SearchSpace.Algorithms)
        {
            foreach (var range in SearchSpace.Of(algorithm))
            {
                foreach (var value in range.Choices ?? [range.Low.ToString(System.Globalization.CultureInfo.InvariantCulture), range.High.ToString(System.Globalization.CultureInfo.InvariantCulture)])
                    Trainers.Create(algorithm, [KeyValuePair.Create(range.Setting, value)]);
            }
        }
        Assert.Contains("ials", SearchSpace.Algorithms);
    }

    private static HyperparameterSearch Search(TimeProvider? clock = null) =>
        new("ials", Poor, Validation, 10, titles: null, ComputeOptions.Default, clock ?? TimeProvider.System);

    /// <summary>Every look at it, time has passed.</summary>
    private sealed class SteppingClock(TimeSpan step) : TimeProvider
    {
        private long ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => ticks += step.Ticks;
    }
}
