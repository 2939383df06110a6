using Pipeline.Models.Evaluation;
using Pipeline.Models.Ranking;
using Pipeline.Models.Training;

namespace Pipeline.Models.Tests.Ranking;

[Trait("speed", "fast")]
public sealed class RerankTests
{
    private static readonly EvaluationSplit Split = FrozenMembers.Split(Generated.PlantedInTime(users: 600, contents: 200), 0, 0.2);
    private static readonly ContentGroups Groups = ContentGroups.ByLabels(Split.Train.Contents, content => [$"taste {content % 5}"]);

    private static readonly IRecommender Model =
        new ImplicitAlsTrainer(new ImplicitAlsParameters { Rank = 8, Iterations = 8 }).Train(Split.Train, ComputeOptions.Default, null, default);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public void Diversity_and_calibration_do_what_they_say_and_accuracy_pays()
    {
        var plain = Measure(Model);
        var diverse = Measure(Reranked(new RerankOptions { Diversity = 1 }));
        var calibrated = Measure(Reranked(new RerankOptions { Calibration = 1 }));

        Assert.True(diverse["diversity@10"] > plain["diversity@10"] + 0.01, $"{diverse["diversity@10"]:F4} after {plain["diversity@10"]:F4}");
        Assert.True(calibrated["calibration@10"] < 0.8 * plain["calibration@10"], $"{calibrated["calibration@10"]:F4} after {plain["calibration@10"]:F4}");
        Assert.InRange(calibrated["ndcg@10"], 0.5 * plain["ndcg@10"], 1.1 * plain["ndcg@10"]);
    }

    [Fact]
    public void Without_either_the_lists_are_the_models_own_and_scores_descend_with_both()
    {
        var own = Lists(Model, 10);
        Assert.Equal(own.Select(list => list.Items), Lists(Reranked(new RerankOptions()), 10).Select(list => list.Items));
        foreach (var (_, scores) in Lists(Reranked(new RerankOptions { Diversity = 2, Calibration = 2 }), 10))
            Assert.Equal(scores.OrderDescending(), scores);
    }

    [Fact]
    public void Lists_are_the_same_on_one_thread_and_on_two()
    {
        var reranked = Reranked(new RerankOptions { Diversity = 0.7, Calibration = 0.7 });
        Assert.Equal(Lists(reranked, 10, threads: 1).Select(list => list.Items), Lists(reranked, 10, threads: 2).Select(list => list.Items));
    }

    [Fact]
    public void A_list_that_grows_title_by_title_diverges_as_the_whole_list_does()
    {
        var lists = new ListMetrics(Split.Train, Groups);
        var divergence = new GroupDivergence(Groups);
        var values = new double[ListMetrics.All.Count];
        int[] list = [3, 8, 11, 54];
        var history = Split.Histories.Columns(0);
        Assert.True(divergence.Begin(history, Split.Histories.Values(0)));
        for (var n = 0; n < list.Length; n++)
        {
            var expected = divergence.With(list[n]);
            divergence.Take(list[n]);
            lists.Compute(list.AsSpan(0, n + 1), history, Split.Histories.Values(0), 20, values);
            Assert.Equal(values[2], divergence.Value(), 12);
            Assert.Equal(expected, divergence.Value(), 12);
        }
    }

    [Fact]
    public void Published_lists_are_calibrated_over_the_kinds_that_are_given()
    {
        var rerank = new RerankOptions { Calibration = 1 };
        Assert.Equal(Ordered(Reranked(rerank)), Built(Groups));
        Assert.NotEqual(Built(null), Built(Groups));

        List<long> Ordered(IRecommender model) =>
        [
            .. model.Recommend(Split.Train.ByUser, new TopKOptions(10), ComputeOptions.Default, Cancelled)
                .SelectMany(block => Enumerable.Range(0, block.RowCount).SelectMany(row => block.Items(row).ToArray().Select(item => model.Contents[item]))),
        ];

        List<long> Built(ContentGroups? kinds) =>
        [
            .. new ListBuilder(Model, new ListOptions { Length = 10, Rerank = rerank, Kinds = kinds }, ComputeOptions.Default)
                .Build(Split.Train, Cancelled).SelectMany(list => list.Items.Select(item => item.ContentId)),
        ];
    }

    private static RerankedRecommender Reranked(RerankOptions options) => new(Model, Split.Train, options, Groups);

    private static IReadOnlyDictionary<string, double> Measure(IRecommender model) =>
        Evaluator.Evaluate(model, Split, [10], new ListMetrics(Split.Train, Groups), wholeRankings: false, ComputeOptions.Default, Cancelled).Means;

    private static List<(int[] Items, float[] Scores)> Lists(IRecommender model, int k, int threads = 2) =>
    [
        .. model.Recommend(Split.Histories, new TopKOptions(k), ComputeOptions.Default with { Threads = threads }, Cancelled)
            .SelectMany(block => Enumerable.Range(0, block.RowCount).Select(row => (block.Items(row).ToArray(), block.Scores(row).ToArray()))),
    ];
}
