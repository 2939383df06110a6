using Pipeline.Models.Features;
using Pipeline.Models.Ranking;
using Pipeline.Models.Training;
using Pipeline.Models.Training.Titles;

namespace Pipeline.Models.Tests.Training.Titles;

[Trait("speed", "fast")]
public sealed class ContentTests
{
    [Theory]
    [InlineData("The Sea-King, part 2", "the|sea|king|part|2")]
    [InlineData("서울의 봄", "서울|울의|봄")]
    [InlineData("夜の電車Night", "夜の|の電|電車|night")]
    [InlineData("Ｆｕｌｌ ＷＩＤＴＨ", "full|width")]
    [InlineData("  ", "")]
    public void Text_of_any_language_falls_into_tokens(string text, string expected) =>
        Assert.Equal(expected, string.Join('|', TitleTokens.Of(text)));

    [Fact]
    public void Features_have_length_one_and_what_everybody_has_says_little()
    {
        var features = TitleFeatures.Of(IdIndex.Of([1, 2, 3, 4]), new Catalogue(), new TitleFeatureWeights(1, 1, 1, 1), 1 << 12);
        for (var title = 0; title < 3; title++)
            Assert.Equal(1, features.Values(title).ToArray().Sum(value => value * value), 1e-5);
        Assert.Equal(0, features.RowLength(3));
        var values = features.Values(2).ToArray();
        Assert.True(values.Max() > 2 * values.Min(), "a rare genre weighs more than one that all titles have");
    }

    [Fact]
    public void Without_metadata_it_says_what_it_needs()
    {
        var data = Generated.Checkerboard(10);
        var untold = Assert.Throws<AlgorithmSettingException>(() => Train(new ContentTrainer(new ContentParameters()), data));
        Assert.Contains("genres", untold.Message, StringComparison.Ordinal);
        var empty = Assert.Throws<AlgorithmSettingException>(() => Train(new ContentTrainer(new ContentParameters(), new Catalogue()), Generated.Planted(20, 20)));
        Assert.Contains("nothing is known", empty.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_disliked_title_takes_its_kind_off_the_list()
    {
        var data = Generated.Checkerboard(20);
        var model = Train(new ContentTrainer(new ContentParameters(), new PlantedTitles()), data);
        var histories = new SparseMatrix(data.Contents.Count, [0, 2], [4, 5], [1, -1]);
        foreach (var block in model.Recommend(histories, new TopKOptions(20), ComputeOptions.Default, TestContext.Current.CancellationToken))
            Assert.All(block.Items(0).ToArray(), item => Assert.Equal(0, data.Contents[item] % 2));
    }

    [Fact]
    public void A_new_title_is_recommended_to_those_of_its_taste_from_its_first_day()
    {
        var data = Generated.Planted(users: 300, contents: 100);
        var model = ImplicitAls.Train(data, new ImplicitAlsParameters { Rank = 12, Iterations = 8 }, ComputeOptions.Default, null, TestContext.Current.CancellationToken).Model;
        long[] added = [.. Enumerable.Range(0, 5).Select(n => 50_000L + 1_000 + n)];
        var extended = NewTitles.Add(
            model, data, added, new PlantedTitles(), new ContentParameters { Dimensions = 512 }, 0.1, ComputeOptions.Default, TestContext.Current.CancellationToken);
        Assert.Equal(data.Contents.Count + 5, extended.Contents.Count);
        Assert.Equal(model.ItemFactors[17], extended.ItemFactors[extended.Contents.IndexOf(data.Contents[17])]);
        var scorer = ((IScoringModel)extended).CreateScorer(ComputeOptions.Default, TestContext.Current.CancellationToken);
        var scores = new float[extended.Contents.Count];
        var right = 0;
        for (var user = 0; user < data.Users.Count; user++)
        {
            // Old titles keep their places: the new ones have the greatest ids.
            scorer.Score(data.ByUser.Columns(user), data.ByUser.Values(user), scores);
            var best = added.MaxBy(id => scores[extended.Contents.IndexOf(id)]);
            right += (best - 50_000) % 5 == (data.Users[user] - 1000) % 5 ? 1 : 0;
        }
        Assert.True(right > 0.6 * data.Users.Count, $"{right} of {data.Users.Count} members score the new title of their own taste highest; chance is a fifth.");
    }

    private static IRecommender Train(ContentTrainer trainer, InteractionMatrix data) =>
        trainer.Train(data, ComputeOptions.Default, null, TestContext.Current.CancellationToken);

    private sealed class Catalogue : ITitleCatalogue
    {
        public TitleMetadata? Find(long contentId) => contentId switch
        {
            1 => new TitleMetadata { Genres = ["Drama"] },
            2 => new TitleMetadata { Genres = ["drama"], Tags = ["slow"] },
            3 => new TitleMetadata { Genres = ["Drama", "Western"] },
            _ => null,
        };
    }
}
