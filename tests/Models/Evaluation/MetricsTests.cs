using Pipeline.Models.Evaluation;

namespace Pipeline.Models.Tests.Evaluation;

[Trait("speed", "fast")]
public sealed class MetricsTests
{
    [Fact]
    public void Measures_by_hand()
    {
        // Hits at ranks 2 and 4 of five; three titles were relevant.
        var values = Compute([9, 1, 8, 3, 7], [1, 3, 5], k: 5);
        var dcg = 1 / Math.Log2(3) + 1 / Math.Log2(5);
        var ideal = 1 + 1 / Math.Log2(3) + 1 / Math.Log2(4);
        Assert.Equal(dcg / ideal, values["ndcg"], 1e-12);
        Assert.Equal((1 / 2.0 + 2 / 4.0) / 3, values["map"], 1e-12);
        Assert.Equal((1 / 2.0 + 2 / 4.0) / 3, values["map_min"], 1e-12);
        Assert.Equal(2 / 5.0, values["precision"], 1e-12);
        Assert.Equal(2 / 3.0, values["recall"], 1e-12);
        Assert.Equal(2 / 3.0, values["recall_min"], 1e-12);
        Assert.Equal(1 / 2.0, values["mrr"], 1e-12);
        Assert.Equal(1, values["hit_rate"]);
    }

    [Fact]
    public void Denominators_differ_where_more_is_relevant_than_the_list_is_long()
    {
        var values = Compute([1, 9], [1, 2, 3, 4, 5], k: 2);
        Assert.Equal(1 / 5.0, values["map"], 1e-12);
        Assert.Equal(1 / 2.0, values["map_min"], 1e-12);
        Assert.Equal(1 / 5.0, values["recall"], 1e-12);
        Assert.Equal(1 / 2.0, values["recall_min"], 1e-12);
        Assert.Equal(1 / (1 + 1 / Math.Log2(3)), values["ndcg"], 1e-12);
    }

    [Fact]
    public void A_perfect_list_has_all_of_everything_and_a_missing_one_nothing()
    {
        Assert.All(Compute([2, 1], [1, 2], k: 2), value => Assert.Equal(1, value.Value, 1e-12));
        Assert.All(Compute([3, 4], [1, 2], k: 2), value => Assert.Equal(0, value.Value));
        Assert.All(Compute([], [1, 2], k: 2), value => Assert.Equal(0, value.Value));
    }

    [Fact]
    public void Only_the_first_k_count()
    {
        Assert.Equal(0, Compute([8, 9, 1], [1], k: 2)["hit_rate"]);
        Assert.Equal(0.5, Compute([1], [1, 2], k: 2)["precision"]);
    }

    [Fact]
    public void Measures_agree_with_counting_subsets()
    {
        var random = new Random(1);
        for (var round = 0; round < 300; round++)
        {
            var list = Enumerable.Range(0, 30).ToArray();
            random.Shuffle(list);
            var relevant = Enumerable.Range(0, 30).Where(_ => random.Next(6) == 0).Append(29).Distinct().ToArray();
            var k = 1 + random.Next(20);
            var top = list.Take(k).ToArray();
            var hits = top.Intersect(relevant).Count();
            var averagePrecision = Enumerable.Range(1, k)
                .Where(rank => relevant.Contains(top[rank - 1]))
                .Sum(rank => top.Take(rank).Intersect(relevant).Count() / (double)rank);
            var values = Compute(list, relevant, k);
            Assert.Equal((double)hits / relevant.Length, values["recall"], 1e-12);
            Assert.Equal((double)hits / k, values["precision"], 1e-12);
            Assert.Equal(averagePrecision / relevant.Length, values["map"], 1e-12);
            Assert.Equal(averagePrecision / Math.Min(k, relevant.Length), values["map_min"], 1e-12);
            Assert.Equal(hits == 0 ? 0 : 1.0 / (Array.FindIndex(list, relevant.Contains) + 1), values["mrr"], 1e-12);
        }
    }

    private static Dictionary<string, double> Compute(int[] list, int[] relevant, int k)
    {
        var values = new double[Metrics.All.Count];
        Metrics.Compute(list, relevant, k, values);
        return Metrics.All.Zip(values).ToDictionary(pair => pair.First.Name, pair => pair.Second);
    }
}
