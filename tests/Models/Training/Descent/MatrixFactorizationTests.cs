using Pipeline.Models.Features;
using Pipeline.Models.Ranking;
using Pipeline.Models.Training;
using Pipeline.Models.Training.Descent;

namespace Pipeline.Models.Tests.Training.Descent;

[Trait("speed", "fast")]
public sealed class MatrixFactorizationTests
{
    [Fact]
    public void Options_have_the_names_and_defaults_of_the_trainer_they_come_from()
    {
        var settings = Trainers.Create("sgd", []).Settings;
        Assert.Equal("SquareLossRegression", settings["LossFunction"]);
        Assert.Equal("8", settings["ApproximationRank"]);
        Assert.Equal("0.1", settings["Lambda"]);
        Assert.Equal("0.1", settings["LearningRate"]);
        Assert.Equal("20", settings["NumberOfIterations"]);
        Assert.Equal("0.0001", settings["Alpha"]);
        Assert.Equal("1E-06", settings["C"]);
        Assert.Equal("false", settings["NonNegative"]);
        Assert.Equal("false", settings["Quiet"]);
    }

    [Fact]
    public void Regression_finds_the_colour_that_was_rated_high()
    {
        var data = RatedCheckerboard(40);
        var losses = new List<double>();
        var model = Train(data, new MatrixFactorizationOptions { Lambda = 0.01 }, iteration => losses.Add(iteration.Loss));
        foreach (var block in model.Recommend(data.ByUser, new TopKOptions(3), ComputeOptions.Default, TestContext.Current.CancellationToken))
        {
            for (var row = 0; row < block.RowCount; row++)
                Assert.All(block.Items(row).ToArray(), item => Assert.Equal(data.Users[block.FirstRow + row] % 2, data.Contents[item] % 2));
        }
        Assert.Equal(20, losses.Count);
        Assert.True(losses[^1] < 0.1 * losses[0], $"{losses[0]:F1} fell to {losses[^1]:F1}");
    }

    [Fact]
    public void A_fold_in_predicts_the_ratings_that_were_given()
    {
        var data = RatedCheckerboard(40);
        var model = Train(data, new MatrixFactorizationOptions { Lambda = 0.001 }, null);
        var scorer = ((IScoringModel)model).CreateScorer(ComputeOptions.Default, TestContext.Current.CancellationToken);
        var scores = new float[data.Contents.Count];
        for (var user = 0; user < data.Users.Count; user++)
        {
            scorer.Score(data.ByUser.Columns(user), data.ByUser.Values(user), scores);
            for (var n = 0; n < data.ByUser.RowLength(user); n++)
                Assert.Equal(data.ByUser.Values(user)[n], scores[data.ByUser.Columns(user)[n]], 0.5f);
        }
    }

    [Fact]
    public void Factors_stay_at_zero_or_more_where_asked()
    {
        var data = RatedCheckerboard(20);
        var model = (FactorModel)Train(data, new MatrixFactorizationOptions { NonNegative = true }, null);
        for (var row = 0; row < model.Items.Rows; row++)
            Assert.DoesNotContain(model.Items[row].ToArray(), value => value < 0);
    }

    [Theory]
    [InlineData(0.1, -0.05)]
    [InlineData(1, 0)]
    [InlineData(8, -2)]
    public void The_one_class_loss_falls_with_each_iteration(double alpha, double c)
    {
        var losses = new List<double>();
        var options = new MatrixFactorizationOptions { LossFunction = LossFunction.SquareLossOneClass, Alpha = alpha, C = c, Lambda = 0.5 };
        Train(Generated.Planted(users: 120, contents: 60), options, iteration => losses.Add(iteration.Loss));
        for (var n = 1; n < losses.Count; n++)
            Assert.True(losses[n] <= losses[n - 1] * (1 + 1e-6), $"iteration {n + 1}");
    }

    [Fact]
    public void A_rate_that_is_too_large_says_so_and_so_does_a_pair_that_does_not_go_together()
    {
        var problem = Assert.Throws<ArithmeticException>(() => Train(RatedCheckerboard(20), new MatrixFactorizationOptions { LearningRate = 1e6 }, null));
        Assert.Contains("Choose a smaller LearningRate", problem.Message, StringComparison.Ordinal);
        var refused = Assert.Throws<AlgorithmSettingException>(() => MatrixFactorizationTrainer.Create(
            [new("NonNegative", "true"), new("LossFunction", "SquareLossOneClass")]));
        Assert.Contains("SquareLossOneClass", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Quiet_reports_nothing_and_threads_are_bounded()
    {
        var heard = 0;
        Train(RatedCheckerboard(20), new MatrixFactorizationOptions { Quiet = true, NumberOfThreads = 1 }, _ => heard++);
        Assert.Equal(0, heard);
    }

    [Fact]
    public void The_portable_sigmoid_is_the_sigmoid()
    {
        for (var x = -40f; x <= 40; x += 0.37f)
            Assert.Equal(1 / (1 + Math.Exp(-x)), PortableSigmoid.Of(x), 1e-6);
        Assert.Equal(0.5f, PortableSigmoid.Of(0));
    }

    private static IRecommender Train(InteractionMatrix data, MatrixFactorizationOptions options, Action<TrainingIteration>? progress) =>
        new MatrixFactorizationTrainer(options).Train(data, ComputeOptions.Default, progress, TestContext.Current.CancellationToken);

    /// <summary>Everybody rates both colours, their own high and the other low, and leaves out one in four.</summary>
    private static InteractionMatrix RatedCheckerboard(int size)
    {
        var users = new List<long>();
        var contents = new List<long>();
        var ratings = new List<float>();
        for (var user = 0; user < size; user++)
        {
            for (var content = 0; content < size; content++)
            {
                if ((user / 2 + content / 2) % 4 == 0)
                    continue;
                users.Add(user);
                contents.Add(content);
                ratings.Add(user % 2 == content % 2 ? 5 : 1);
            }
        }
        return InteractionMatrix.FromColumns([.. users], [.. contents], [.. ratings], []);
    }
}
