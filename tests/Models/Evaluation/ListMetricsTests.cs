using Pipeline.Models.Evaluation;
using Pipeline.Models.Features;
using Pipeline.Models.Training;

namespace Pipeline.Models.Tests.Evaluation;

[Trait("speed", "fast")]
public sealed class ListMetricsTests
{
    // Four members; titles 0 to 3 are wanted by 4, 2, 1 and 0 of them. The dislike of title 3 counts for nothing.
    private static readonly InteractionMatrix Train = InteractionMatrix.FromColumns(
        users: [1, 2, 3, 4, 1, 2, 1, 4], contents: [0, 0, 0, 0, 1, 1, 2, 3], confidences: [1, 1, 1, 1, 1, 1, 1, -1], times: []);

    private static readonly ContentGroups Genres = ContentGroups.ByLabels(
        Train.Contents, content => content switch { 0 => ["drama"], 1 => ["drama", "crime"], 2 => ["crime"], _ => [] });

    [Fact]
    public void Measures_by_hand()
    {
        var values = Compute(list: [1, 2], history: [0], confidences: [1], k: 2);
        Assert.Equal((Math.Log2(4 / 2.0) + Math.Log2(4 / 1.0)) / 2, values["novelty"], 1e-12);
        // One member in common, of two and one.
        Assert.Equal(1 - 1 / Math.Sqrt(2 * 1), values["diversity"], 1e-6);
        // The history is all drama; the list is a quarter drama and the rest crime.
        Assert.Equal(Math.Log(1 / (0.99 * 0.25 + 0.01 * 1)), values["calibration"], 1e-6);
        Assert.Equal((2 + 1) / 2.0 / 4 - 1, values["popularity_bias"], 1e-12);
    }

    [Fact]
    public void A_list_like_the_history_is_calibrated_and_unbiased()
    {
        var values = Compute(list: [0, 2], history: [0, 2], confidences: [2, 2], k: 10);
        Assert.Equal(0, values["calibration"], 1e-9);
        Assert.Equal(0, values["popularity_bias"], 1e-12);
    }

    [Fact]
    public void Empty_lists_and_histories_measure_nothing_rather_than_fail()
    {
        Assert.All(Compute([], [0], [1], k: 5), value => Assert.True(double.IsFinite(value.Value)));
        var values = Compute([0], [], [], k: 5);
        Assert.Equal((0, 0, 0), (values["diversity"], values["calibration"], values["popularity_bias"]));
        Assert.Equal(0, Compute([0], [3], [-1], k: 5)["calibration"]);
    }

    [Fact]
    public void Diversity_is_left_out_of_long_lists() =>
        Assert.True(double.IsNaN(Compute([0, 1], [0], [1], k: ListMetrics.MaxDiversityLength + 1)["diversity"]));

    [Theory]
    [InlineData(1, new[] { 7, 0, 0 })]
    [InlineData(3, new[] { 4, 4, 4 })]
    [InlineData(2 * (1 * 0.75 + 2 * 0.25) - 1, new[] { 1, 3, 0 })]
    [InlineData(0, new int[0])]
    public void Effective_catalogue_size_by_hand(double expected, int[] counts) =>
        Assert.Equal(expected, ListMetrics.EffectiveSize(counts), 1e-12);

    [Fact]
    public void Popularity_groups_hold_a_fifth_three_fifths_and_a_fifth()
    {
        var pairs = Enumerable.Range(0, 10).SelectMany(content => Enumerable.Range(0, 10 - content).Select(user => (user, content))).ToArray();
        var train = InteractionMatrix.FromColumns([.. pairs.Select(pair => (long)pair.user)], [.. pairs.Select(pair => (long)pair.content)], [], []);
        var groups = ContentGroups.ByPopularity(train);
        // Of 55 interactions the first title has 10 and the second 9; the last four have 10.
        Assert.Equal([0, 0, 1, 1, 1, 1, 2, 2, 2, 2], Enumerable.Range(0, 10).Select(content => groups.Weights.Columns(content)[0]));
    }

    [Fact]
    public void Measures_agree_with_a_naive_twin()
    {
        var train = Generated.WithConfidences(users: 60, contents: 40);
        var groups = ContentGroups.ByLabels(train.Contents, content => [$"g{content % 4}", $"h{content % 3}"]);
        var metrics = new ListMetrics(train, groups);
        var wanted = Enumerable.Range(0, train.Contents.Count)
            .Select(content => Enumerable.Range(0, train.Users.Count).Where(user => Confidence(train, user, content) > 0).ToHashSet()).ToArray();
        var random = new Random(3);
        var values = new double[ListMetrics.All.Count];
        for (var user = 0; user < train.Users.Count; user++)
        {
            var list = Enumerable.Range(0, train.Contents.Count).ToArray();
            random.Shuffle(list);
            metrics.Compute(list, train.ByUser.Columns(user), train.ByUser.Values(user), 8, values);
            var top = list.Take(8).ToArray();
            Assert.Equal(top.Average(item => Math.Log2(60.0 / Math.Max(1, wanted[item].Count))), values[0], 1e-9);
            var distances = from a in top
                            from b in top
                            where a < b
                            select 1 - (wanted[a].Count == 0 || wanted[b].Count == 0
                                ? 0
                                : wanted[a].Intersect(wanted[b]).Count() / Math.Sqrt(wanted[a].Count * wanted[b].Count));
            Assert.Equal(distances.Average(), values[1], 1e-6);
            var p = Distribution(Enumerable.Range(0, 40).Select(item => (item, Weight: Math.Max(0, Confidence(train, user, item)))));
            var q = Distribution(top.Select(item => (item, Weight: 1.0)));
            var divergence = p.Where(group => group.Value > 0)
                .Sum(group => group.Value * Math.Log(group.Value / (0.99 * q.GetValueOrDefault(group.Key) + 0.01 * group.Value)));
            Assert.Equal(divergence, values[2], 1e-5);
            var history = train.ByUser.Columns(user).ToArray();
            Assert.Equal(top.Average(item => wanted[item].Count) / history.Average(item => wanted[item].Count) - 1, values[3], 1e-9);
        }

        Dictionary<string, double> Distribution(IEnumerable<(int Item, double Weight)> items)
        {
            var weights = items.SelectMany(entry => new[] { $"g{train.Contents[entry.Item] % 4}", $"h{train.Contents[entry.Item] % 3}" }
                .Select(label => (label, Weight: entry.Weight / 2))).ToArray();
            var total = weights.Sum(entry => entry.Weight);
            return weights.GroupBy(entry => entry.label).ToDictionary(group => group.Key, group => group.Sum(entry => entry.Weight) / total);
        }
    }

    [Fact]
    public void An_evaluation_measures_lists_and_the_whole_ranking()
    {
        var data = Generated.Planted(users: 200, contents: 60);
        var split = Protocols.Split(Protocols.StrongGeneralization, data, seed: 1);
        var lists = new ListMetrics(split.Train, ContentGroups.ByPopularity(split.Train));
        var model = new PopularityTrainer().Train(split.Train, ComputeOptions.Default, null, TestContext.Current.CancellationToken);
        var result = Evaluator.Evaluate(model, split, [5, 30], lists, wholeRankings: true, ComputeOptions.Default, TestContext.Current.CancellationToken);
        var ranked = Enumerable.Range(0, split.Train.Contents.Count).OrderByDescending(split.Train.ByContent.RowLength).ToArray();
        for (var user = 0; user < split.EvaluatedUsers; user++)
        {
            var own = ranked.Except(split.Histories.Columns(user).ToArray()).ToArray();
            var relevant = split.Targets.Columns(user).ToArray();
            var pairs = from a in relevant
                        from b in own.Except(relevant)
                        select Array.IndexOf(own, a) < Array.IndexOf(own, b) ? 1.0 : 0;
            Assert.Equal(pairs.Average(), result.PerUser("auc")[user], 1e-12);
        }
        Assert.Equal(result.Means["coverage@5"] * split.Train.Contents.Count, result.Listed[5].Count(count => count > 0), 1e-9);
        Assert.Equal(5 * split.EvaluatedUsers, result.Listed[5].Sum());
        Assert.Contains("diversity@5", result.UserMeasures);
        Assert.DoesNotContain("diversity@30", result.UserMeasures);
    }

    [Theory]
    [InlineData(1.0, new[] { 2, 1, 0, 3 }, new[] { 1, 2 }, 4)]
    [InlineData(0.0, new[] { 0, 3, 1, 2 }, new[] { 1, 2 }, 4)]
    [InlineData(0.5, new[] { 1, 0, 3, 2 }, new[] { 1, 2 }, 4)]
    [InlineData(0.25, new[] { 0, 1, 3 }, new[] { 1, 2 }, 4)]
    [InlineData(0.5, new[] { 1, 2 }, new[] { 1, 2 }, 2)]
    [InlineData(0.5, new int[0], new[] { 1, 2 }, 4)]
    [InlineData(0.75, new[] { 1 }, new[] { 1, 2 }, 4)]
    public void Area_under_the_curve_by_hand(double expected, int[] ranking, int[] relevant, int candidates) =>
        Assert.Equal(expected, Metrics.ComputeAuc(ranking, relevant, candidates), 1e-12);

    private static double Confidence(InteractionMatrix train, int user, int content)
    {
        var place = train.ByUser.Columns(user).BinarySearch(content);
        return place < 0 ? 0 : train.ByUser.Values(user)[place];
    }

    private static Dictionary<string, double> Compute(int[] list, int[] history, float[] confidences, int k)
    {
        var values = new double[ListMetrics.All.Count];
        new ListMetrics(Train, Genres).Compute(list, history, confidences, k, values);
        return ListMetrics.All.Zip(values).ToDictionary(pair => pair.First.Name, pair => pair.Second);
    }
}
