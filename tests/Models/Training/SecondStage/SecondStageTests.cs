using Pipeline.Models.Features;
using Pipeline.Models.Training;
using Pipeline.Models.Training.Blending;
using Pipeline.Models.Training.SecondStage;

namespace Pipeline.Models.Tests.Training.SecondStage;

[Trait("speed", "fast")]
public sealed class SecondStageTests
{
    private static readonly Random Draw = new(5);

    [Theory]
    [InlineData(TreeEngine.LightGbm)]
    [InlineData(TreeEngine.FastTree)]
    public void Trees_of_either_engine_put_the_wanted_first(TreeEngine engine)
    {
        var rows = Enumerable.Range(0, 2000).Select(_ => new[] { (float)Draw.NextDouble(), (float)Draw.NextDouble() }).ToArray();
        var trees = LambdaMart.Train(
            rows, [.. rows.Select(row => row[0] + 0.2f * row[1] > 0.9f)], [.. Enumerable.Range(0, 2000).Select(n => n / 20)],
            new RankerParameters { Engine = engine, Trees = 20, MinLeaf = 10 });
        Assert.Equal(20, trees.Count);
        Assert.True(trees.Score([0.95f, 0.5f]) > trees.Score([0.5f, 0.5f]));
        Assert.True(trees.Score([0.95f, 0.5f]) > trees.Score([0.1f, 0.9f]));
    }

    [Fact]
    public void The_blend_weighs_the_better_model_more()
    {
        // The first model knows, the second draws lots.
        var lists = Enumerable.Range(0, 60).Select(_ =>
        {
            var wanted = Enumerable.Range(0, 30).Select(n => n % 6 == 0).ToArray();
            return new ValidationList(
                [], [], [.. Enumerable.Range(0, 30)],
                [[.. wanted.Select(yes => (yes ? 1f : 0) + (float)Draw.NextDouble())], [.. wanted.Select(_ => (float)Draw.NextDouble())]],
                wanted, 5);
        }).ToArray();
        var weights = BlendWeights.Learn(lists, models: 2, cutoff: 5, TestContext.Current.CancellationToken);
        Assert.True(weights[0] > weights[1]);
        Assert.Equal(1, weights.Sum(), 1e-5f);
    }

    [Fact]
    public void First_stages_and_their_settings_are_read_by_name()
    {
        var settings = Trainers.Create("blend", Pairs("models=ials,trending", "ials.rank=9", "trending.half-life-days=3")).Settings;
        Assert.Equal("9", settings["ials.rank"]);
        Assert.Equal("3", settings["trending.half-life-days"]);
        Assert.DoesNotContain(settings.Keys, key => key.StartsWith("ease.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("models=blend", "algorithms that combine no others")]
    [InlineData("models=magic", "algorithms that combine no others")]
    [InlineData("ials.depth=3", "'depth' is no setting of ials")]
    [InlineData("trending.half-life-days=3", "'trending.half-life-days' is no setting of blend")]
    public void What_does_not_fit_is_named(string setting, string expected)
    {
        var error = Assert.Throws<AlgorithmSettingException>(() => Trainers.Create("blend", Pairs(setting)));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_machine_scores_as_the_library_that_trained_it()
    {
        const int Catalogue = 6;
        var examples = Enumerable.Range(0, 300).Select(n =>
        {
            var item = n % Catalogue;
            return new FieldAwareWeights.Example([(item + 1) % Catalogue], [1f], item, [(float)Draw.NextDouble(), 1f], Draw.NextDouble() < (item % 2 == 0 ? 0.9 : 0.2));
        }).ToArray();
        var weights = FieldAwareWeights.Train(examples, Catalogue, new FfmParameters { Latent = 3 });
        // The definition, pair by pair.
        var example = examples[7];
        (int Feature, int Field, float Value)[] features =
        [
            (example.Columns[0], 0, 1f), (Catalogue + example.Item, 1, 1f),
            (2 * Catalogue, 2, example.Features[0]), (2 * Catalogue + 1, 2, example.Features[1]),
        ];
        var expected = features.Sum(x => weights.Linear[x.Feature] * x.Value) - weights.Linear[features[0].Feature];
        for (var n = 0; n < features.Length; n++)
        {
            for (var m = 0; m < n; m++)
            {
                var (a, b) = (weights.Latent(features[n].Feature, features[m].Field).ToArray(), weights.Latent(features[m].Feature, features[n].Field).ToArray());
                expected += a.Zip(b, (x, y) => x * y).Sum() * features[n].Value * features[m].Value;
            }
        }
        Assert.Equal(expected, FfmModel.ScoreOf(weights, example), 1e-4f);
        var likes = examples.Where(row => row.Item % 2 == 0).Average(row => FfmModel.ScoreOf(weights, row));
        Assert.True(likes > examples.Where(row => row.Item % 2 == 1).Average(row => FfmModel.ScoreOf(weights, row)));
    }

    [Fact]
    public void Nothing_that_can_be_held_out_is_an_error_that_says_so()
    {
        var data = InteractionMatrix.FromColumns([1, 2, 3], [7, 8, 9], [], []);
        var error = Assert.Throws<ArgumentException>(() =>
            Trainers.Create("ranker", []).Train(data, ComputeOptions.Default, null, TestContext.Current.CancellationToken));
        Assert.Contains("held out", error.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<KeyValuePair<string, string>> Pairs(params string[] settings) =>
        settings.Select(setting => setting.Split('=', 2)).Select(pair => KeyValuePair.Create(pair[0], pair[1]));
}
