using Pipeline.Models.Features;
using Pipeline.Models.Kernels;
using Pipeline.Models.Ranking;
using Pipeline.Models.Training;

namespace Pipeline.Models.Tests.Ranking;

[Trait("speed", "fast")]
public sealed class TopKTests
{
    public static TheoryData<int, int, int> Shapes => new()
    {
        // members, titles, k: one tile and less, one block and one more, panels that end within a register, lists longer than the catalogue
        { 1, 1, 1 }, { 3, 47, 5 }, { 64, 48, 10 }, { 65, 49, 10 }, { 130, 500, 20 }, { 20, 1000, 50 }, { 10, 30, 100 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Lists_are_those_of_scoring_and_sorting_everything(int members, int titles, int k)
    {
        var model = Model(titles, rank: 10, value => value);
        var histories = Histories(members, titles);
        foreach (var width in Enum.GetValues<VectorWidth>())
            AssertBruteForce(model, histories, new TopKOptions(k), new ComputeOptions { Threads = 2, VectorWidth = width });
    }

    [Fact]
    public void Equal_scores_stand_in_the_order_of_their_titles()
    {
        // Factors of few distinct values, so that most scores tie.
        var model = Model(700, rank: 2, value => value > 0 ? 1 : -1);
        AssertBruteForce(model, Histories(100, 700), new TopKOptions(30), ComputeOptions.Default);
    }

    [Fact]
    public void Nobody_gets_what_is_excluded()
    {
        var model = Model(300, rank: 8, value => value);
        var excluded = Enumerable.Range(0, 300).Where(item => item % 3 == 0).ToHashSet();
        AssertBruteForce(model, Histories(70, 300), new TopKOptions(40, excluded), ComputeOptions.Default);
    }

    [Fact]
    public void With_everything_excluded_lists_are_empty()
    {
        var model = Model(10, rank: 4, value => value);
        var everything = new TopKOptions(5, Enumerable.Range(0, 10).ToHashSet());
        var blocks = model.Recommend(Histories(3, 10), everything, ComputeOptions.Default, TestContext.Current.CancellationToken);
        Assert.All(blocks, block => Assert.Equal(0, block.Items(0).Length));
    }

    [Fact]
    public void A_title_of_smaller_norm_that_points_the_right_way_is_found()
    {
        // Two panels of norm 1 at an angle whose cosine is 0.94, then one of norm 0.95 straight ahead.
        var factors = new FactorMatrix(3 * Kernel.PanelColumns, 2);
        for (var item = 0; item < factors.Rows; item++)
            (item < 2 * Kernel.PanelColumns ? [0.94f, 0.341f] : (ReadOnlySpan<float>)[0.95f, 0f]).CopyTo(factors.PaddedRow(item));
        var histories = new SparseMatrix(factors.Rows, [0, 0], [], []);
        var blocks = TopK.Run(
            new PackedItems(factors, excluded: null),
            () => (_, _, target) => target.PaddedRow(0)[0] = 1,
            histories,
            k: 5,
            ComputeOptions.Default,
            TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(2 * Kernel.PanelColumns, 5).ToArray(), Assert.Single(blocks).Items(0));
    }

    [Fact]
    public void Popularity_ranks_by_members_and_leaves_out_what_they_have()
    {
        var data = Generated.Planted(users: 50, contents: 40);
        var model = PopularityModel.Train(data);
        var counts = Enumerable.Range(0, 40).Select(item => data.ByContent.RowLength(item)).ToArray();
        var options = new TopKOptions(7, new HashSet<int> { 2 });
        foreach (var block in model.Recommend(data.ByUser, options, ComputeOptions.Default, TestContext.Current.CancellationToken))
        {
            for (var row = 0; row < block.RowCount; row++)
            {
                var history = data.ByUser.Columns(block.FirstRow + row).ToArray();
                var expected = Enumerable.Range(0, 40)
                    .Where(item => item != 2 && !history.Contains(item))
                    .OrderByDescending(item => counts[item])
                    .Take(7);
                Assert.Equal([.. expected], block.Items(row));
            }
        }
    }

    private static void AssertBruteForce(ImplicitAlsModel model, SparseMatrix histories, TopKOptions options, ComputeOptions compute)
    {
        var foldIn = model.CreateFoldIn(compute, default);
        var factor = new float[model.ItemFactors.Rank];
        var next = 0;
        foreach (var block in model.Recommend(histories, options, compute, default))
        {
            Assert.Equal(next, block.FirstRow);
            for (var row = 0; row < block.RowCount; row++, next++)
            {
                foldIn.Solve(histories.Columns(next), histories.Values(next), factor);
                var seen = histories.Columns(next).ToArray();
                var expected = Enumerable.Range(0, model.Contents.Count)
                    .Where(item => seen.Length > 0 && !seen.Contains(item) && options.Excluded?.Contains(item) != true)
                    .Select(item => (Item: item, Score: Score(factor, model.ItemFactors[item])))
                    .OrderByDescending(entry => entry.Score)
                    .Take(options.K)
                    .ToArray();
                Assert.Equal(expected.Select(entry => entry.Item).ToArray(), block.Items(row));
                Assert.Equal(expected.Select(entry => entry.Score).ToArray(), block.Scores(row));
            }
        }
        Assert.Equal(histories.RowCount, next);
    }

    // One rounding per product, in order: what the scoring kernel computes.
    private static float Score(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        var sum = 0f;
        for (var n = 0; n < x.Length; n++)
            sum = MathF.FusedMultiplyAdd(x[n], y[n], sum);
        return sum + 0f;
    }

    private static ImplicitAlsModel Model(int titles, int rank, Func<float, float> shape)
    {
        var factors = new FactorMatrix(titles, rank);
        var normal = new SeededNormal(3);
        for (var row = 0; row < titles; row++)
        {
            // Norms that fall with the row, as popularity makes them, so that whole panels can be skipped.
            foreach (ref var value in factors.PaddedRow(row)[..rank])
                value = shape(normal.Next()) / (1 + row / 100);
        }
        var contents = IdIndex.Of([.. Enumerable.Range(0, titles).Select(item => (long)item)]);
        return new ImplicitAlsModel(new ImplicitAlsParameters { Rank = rank, Regularization = 0.02 }, contents, factors);
    }

    private static SparseMatrix Histories(int members, int titles)
    {
        var random = new Random(members + titles);
        var starts = new List<int> { 0 };
        var columns = new List<int>();
        for (var member = 0; member < members; member++)
        {
            columns.AddRange(Enumerable.Range(0, titles).Where(_ => random.Next(titles) < 5));
            starts.Add(columns.Count);
        }
        return new SparseMatrix(titles, [.. starts], [.. columns], [.. columns.Select(_ => 1f)]);
    }
}
