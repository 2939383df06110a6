using Pipeline.Models.Training;

namespace Pipeline.Models.Tests.Training;

[Trait("speed", "fast")]
public sealed class TrainersTests
{
    [Fact]
    public void Settings_are_read_by_name_and_shown_with_their_values()
    {
        var trainer = Create("ials", "rank=32", "iterations=5", "alpha=0.25", "lambda=1e-3", "nu=0.5", "sigma=0.2", "seed=18446744073709551615");
        Assert.Equal(
            new ImplicitAlsParameters
            {
                Rank = 32,
                Iterations = 5,
                UnobservedWeight = 0.25,
                Regularization = 0.001,
                FrequencyExponent = 0.5,
                InitialDeviation = 0.2,
                Seed = ulong.MaxValue,
            },
            Assert.IsType<ImplicitAlsTrainer>(trainer).Parameters);
        Assert.Equal("0.25", trainer.Settings["alpha"]);
        Assert.Equal(trainer.Settings, Create("ials", [.. trainer.Settings.Select(setting => $"{setting.Key}={setting.Value}")]).Settings);
    }

    [Theory]
    [InlineData("ials", "depth=3", "rank, iterations, alpha, lambda, nu, sigma, solver, block, seed")]
    [InlineData("ials", "rank=many", "a whole number")]
    [InlineData("ials", "rank=0", "Rank must be 1 to 4096")]
    [InlineData("ials", "lambda=NaN", "Regularization must be 0 or more")]
    [InlineData("ials", "seed=-1", "0 or more")]
    [InlineData("popularity", "rank=3", "it has none")]
    [InlineData("magic", "rank=3", "blend, bpr, content, ease, ffm, ials, item-knn, popularity, ranker, sgd, trending")]
    public void What_does_not_fit_is_answered_with_what_does(string algorithm, string setting, string expected)
    {
        var error = Assert.Throws<AlgorithmSettingException>(() => Create(algorithm, setting));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static ITrainer Create(string algorithm, params string[] settings) =>
        Trainers.Create(algorithm, settings.Select(setting => setting.Split('=')).Select(pair => KeyValuePair.Create(pair[0], pair[1])));
}
