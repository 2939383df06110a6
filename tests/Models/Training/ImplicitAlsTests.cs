using System.Runtime.InteropServices;
using Pipeline.Models.Features;
using Pipeline.Models.Kernels;
using Pipeline.Models.Training;

namespace Pipeline.Models.Tests.Training;

[Trait("speed", "fast")]
public sealed class ImplicitAlsTests
{
    private static readonly ImplicitAlsParameters Small = new() { Rank = 12, Iterations = 4, Regularization = 0.01 };

    [Fact]
    public void Threads_and_vector_width_do_not_change_a_byte()
    {
        var data = Generated.Planted(users: 300, contents: 200);
        var expected = Bytes(Train(data, Small, threads: 1, VectorWidth.Scalar));
        foreach (var width in Enum.GetValues<VectorWidth>())
        {
            Assert.Equal(expected, Bytes(Train(data, Small, threads: 1, width)));
            Assert.Equal(expected, Bytes(Train(data, Small, threads: 2, width)));
        }
    }

    [Fact]
    public void The_order_of_input_does_not_change_a_byte()
    {
        var (users, contents) = Generated.PlantedPairs(users: 100, contents: 80);
        var forward = InteractionMatrix.FromColumns(users, contents, [], []);
        Array.Reverse(users);
        Array.Reverse(contents);
        var backward = InteractionMatrix.FromColumns(users, contents, [], []);
        Assert.Equal(forward.Digest, backward.Digest);
        Assert.Equal(Bytes(Train(forward, Small)), Bytes(Train(backward, Small)));
    }

    [Fact]
    public void Another_seed_gives_other_factors()
    {
        var data = Generated.Planted(users: 100, contents: 80);
        Assert.NotEqual(Bytes(Train(data, Small)), Bytes(Train(data, Small with { Seed = 2 })));
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.5)]
    [InlineData(0.0)]
    public void Each_iteration_lowers_the_objective_and_reports_it(double exponent)
    {
        var data = Generated.WithConfidences(users: 60, contents: 40);
        var parameters = Small with { Iterations = 8, FrequencyExponent = exponent, Regularization = 0.02, InitialDeviation = 1 };
        var result = Train(data, parameters);
        for (var n = 1; n < result.Iterations.Count; n++)
            Assert.True(result.Iterations[n].Loss <= result.Iterations[n - 1].Loss * (1 + 1e-6), $"iteration {n + 1}");
        var objective = PlainAls.Objective(data, parameters, PlainAls.Rows(result.UserFactors), PlainAls.Rows(result.Model.ItemFactors));
        Assert.Equal(objective, result.Iterations[^1].Loss, objective * 1e-4);
    }

    [Fact]
    public void The_factors_are_those_of_plain_alternating_least_squares()
    {
        var data = Generated.WithConfidences(users: 40, contents: 30);
        var parameters = Small with { Rank = 5, Iterations = 3, Regularization = 0.05, InitialDeviation = 1 };
        var (users, items) = PlainAls.Train(data, parameters);
        var result = Train(data, parameters);
        AssertClose(users, result.UserFactors);
        AssertClose(items, result.Model.ItemFactors);
    }

    [Theory]
    [InlineData(8, 16)]
    [InlineData(40, 16)]
    [InlineData(64, 32)]
    [InlineData(100, 64)]
    [InlineData(512, 128)]
    public void Blocks_come_to_the_objective_of_the_exact_solver(int rank, int block)
    {
        var data = Generated.WithConfidences(users: 60, contents: 40);
        var parameters = Small with { Rank = rank, Iterations = 30, Regularization = 0.02, InitialDeviation = 1, BlockSize = block };
        var exact = Train(data, parameters);
        var blocks = Train(data, parameters with { Solver = AlsSolverKind.Blocks });
        Assert.Equal(exact.Iterations[^1].Loss, blocks.Iterations[^1].Loss, 0.02 * exact.Iterations[^1].Loss);
        for (var n = 1; n < blocks.Iterations.Count; n++)
            Assert.True(blocks.Iterations[n].Loss <= blocks.Iterations[n - 1].Loss * (1 + 1e-5), $"iteration {n + 1}");
        var objective = PlainAls.Objective(data, parameters, PlainAls.Rows(blocks.UserFactors), PlainAls.Rows(blocks.Model.ItemFactors));
        Assert.Equal(objective, blocks.Iterations[^1].Loss, objective * 1e-4);
    }

    [Fact]
    public void Folding_a_member_in_gives_the_trained_factor()
    {
        var data = Generated.Planted(users: 200, contents: 100);
        var result = Train(data, Small);
        var foldIn = result.Model.CreateFoldIn(ComputeOptions.Default, TestContext.Current.CancellationToken);
        var factor = new float[Small.Rank];
        for (var user = 0; user < data.Users.Count; user++)
        {
            foldIn.Solve(data.ByUser.Columns(user), data.ByUser.Values(user), factor);
            Assert.Equal(result.UserFactors[user], factor);
        }
    }

    [Fact]
    public void Shares_of_the_history_add_up_to_the_score()
    {
        var data = Generated.WithConfidences(users: 60, contents: 40);
        var result = Train(data, Small);
        var foldIn = result.Model.CreateFoldIn(ComputeOptions.Default, TestContext.Current.CancellationToken);
        var items = PlainAls.Rows(result.Model.ItemFactors);
        int[] recommended = [0, 7, 11, 20, 33];
        var because = new int[recommended.Length];
        for (var user = 0; user < data.Users.Count; user++)
        {
            var columns = data.ByUser.Columns(user).ToArray();
            foldIn.Explain(columns, data.ByUser.Values(user), recommended, because);
            for (var n = 0; n < recommended.Length; n++)
            {
                var shares = PlainAls.Shares(data, Small, items, user, recommended[n]);
                Assert.Equal(PlainAls.Dot(result.UserFactors[user], result.Model.ItemFactors[recommended[n]]), shares.Sum(), 1e-3);
                // The greatest share, up to float32; none where all of them are dislikes or speak against the title.
                var named = because[n] < 0 ? 0 : shares[Array.IndexOf(columns, because[n])];
                Assert.Equal(Math.Max(shares.Max(), 0), named, 1e-4);
            }
        }
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.5)]
    public void Regularization_follows_the_data_where_none_is_given(double exponent)
    {
        // Twice the members and titles, at the same density: the same structure stands clearer above the noise, so less is cut off.
        var parameters = Small with { Regularization = 0, FrequencyExponent = exponent };
        var (small, large) = (Generated.Planted(users: 200, contents: 100), Generated.Planted(users: 800, contents: 400));
        Assert.InRange(parameters.For(large).Regularization, 0.1 * parameters.For(small).Regularization, 0.9 * parameters.For(small).Regularization);
        Assert.Equal(parameters.For(small), Train(small, parameters).Model.Parameters);
        Assert.Equal(Small, Small.For(small));
    }

    [Fact]
    public void Cancelling_stops_between_rows()
    {
        using var source = new CancellationTokenSource();
        var iterations = 0;
        Assert.ThrowsAny<OperationCanceledException>(() => ImplicitAls.Train(
            Generated.Planted(users: 100, contents: 80),
            Small with { Iterations = 1000 },
            ComputeOptions.Default,
            _ =>
            {
                if (++iterations == 3)
                    source.Cancel();
            },
            source.Token));
        Assert.Equal(3, iterations);
    }

    [Theory]
    [InlineData(nameof(ImplicitAlsParameters.Rank))]
    [InlineData(nameof(ImplicitAlsParameters.Regularization))]
    [InlineData(nameof(ImplicitAlsParameters.UnobservedWeight))]
    public void A_parameter_out_of_range_is_named(string name)
    {
        var parameters = name switch
        {
            nameof(ImplicitAlsParameters.Rank) => Small with { Rank = 0 },
            nameof(ImplicitAlsParameters.Regularization) => Small with { Regularization = -1 },
            _ => Small with { UnobservedWeight = double.NaN },
        };
        var error = Assert.Throws<ArgumentException>(() => Train(Generated.Planted(users: 20, contents: 20), parameters));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    private static ImplicitAlsResult Train(
        InteractionMatrix data, ImplicitAlsParameters parameters, int threads = 2, VectorWidth width = VectorWidth.Bits256) =>
        ImplicitAls.Train(data, parameters, new ComputeOptions { Threads = threads, VectorWidth = width }, null, default);

    private static byte[] Bytes(ImplicitAlsResult result) =>
        [.. PlainAls.Rows(result.UserFactors).Concat(PlainAls.Rows(result.Model.ItemFactors))
            .SelectMany(row => MemoryMarshal.AsBytes<double>(row).ToArray())];

    private static void AssertClose(double[][] expected, FactorMatrix actual)
    {
        for (var row = 0; row < expected.Length; row++)
        {
            for (var n = 0; n < expected[row].Length; n++)
                Assert.Equal(expected[row][n], actual[row][n], 2e-3);
        }
    }
}
