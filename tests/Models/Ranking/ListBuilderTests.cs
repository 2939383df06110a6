using Pipeline.Models.Features;
using Pipeline.Models.Ranking;
using Pipeline.Models.Training;

namespace Pipeline.Models.Tests.Ranking;

[Trait("speed", "fast")]
public sealed class ListBuilderTests
{
    private const int Size = 40;

    private static readonly ImplicitAlsModel Model = ImplicitAls.Train(
        Generated.Checkerboard(Size), new ImplicitAlsParameters { Rank = 8, Iterations = 8 }, ComputeOptions.Default, null, default).Model;

    private static readonly long[] Popular = [1, 2, 3, 4, 5, 999];

    [Fact]
    public void Each_half_of_the_members_gets_its_half_of_the_titles_and_none_twice()
    {
        var data = Generated.Checkerboard(Size);
        var lists = Build(data, new ListOptions { Length = 4 });
        Assert.Equal(data.Users.Ids.ToArray(), lists.Select(list => list.UserId));
        foreach (var list in lists)
        {
            var user = data.Users.IndexOf(list.UserId);
            var history = data.ByUser.Columns(user).ToArray().Select(column => data.Contents[column]).ToHashSet();
            Assert.All(list.Items, item => Assert.Equal(list.UserId % 2, item.ContentId % 2));
            Assert.All(list.Items, item => Assert.DoesNotContain(item.ContentId, history));
            Assert.All(list.Items, item => Assert.Equal(ReasonKind.BecauseYouWatched, item.Reason.Kind));
            Assert.All(list.Items, item => Assert.Contains(item.Reason.ContentId!.Value, history));
        }
    }

    [Fact]
    public void One_event_is_enough_for_a_list_of_ones_own()
    {
        var list = Assert.Single(Build(History((900, 7, 1f)), new ListOptions { Length = 10, Popular = Popular }));
        Assert.Equal(900, list.UserId);
        Assert.All(list.Items, item => Assert.Equal(1, item.ContentId % 2));
        Assert.All(list.Items, item => Assert.Equal(new Reason(ReasonKind.BecauseYouWatched, 7), item.Reason));
    }

    [Theory]
    [InlineData(12345, 1f)]
    [InlineData(3, -1f)]
    public void A_history_that_says_nothing_of_what_is_wanted_gets_the_popular_list(long content, float confidence)
    {
        var list = Assert.Single(Build(History((900, content, confidence)), new ListOptions { Length = 10, Popular = Popular }));
        Assert.Equal(Popular.Where(popular => popular != content), list.Items.Select(item => item.ContentId));
        Assert.All(list.Items, item => Assert.Equal(Reason.Popular, item.Reason));
    }

    [Fact]
    public void Excluded_titles_are_on_no_list_popular_or_not()
    {
        var options = new ListOptions { Length = Size, Popular = Popular, ExcludedContents = new HashSet<long> { 2, 4, 8, 999 } };
        var lists = Build(History((1, 6, 1f), (2, 777, 1f)), options);
        Assert.All(lists, list => Assert.DoesNotContain(list.Items, item => options.ExcludedContents.Contains(item.ContentId)));
        Assert.All(lists, list => Assert.Equal(list.Items.Count, list.Items.Select(item => item.ContentId).Distinct().Count()));
    }

    [Fact]
    public void A_list_that_the_model_cannot_fill_is_filled_from_popularity()
    {
        var list = Assert.Single(Build(History((1, 6, 1f)), new ListOptions { Length = Size, Popular = [6, 999, 1000] }));
        Assert.Equal(Size, list.Items.Count);
        Assert.Equal(new Recommendation(999, 0, Reason.Popular), list.Items[^1]);
    }

    private static List<UserRecommendations> Build(InteractionMatrix histories, ListOptions options) =>
        [.. new ListBuilder(Model, options, ComputeOptions.Default).Build(histories, default)];

    private static InteractionMatrix History(params (long User, long Content, float Confidence)[] rows) =>
        InteractionMatrix.FromColumns(
            [.. rows.Select(row => row.User)], [.. rows.Select(row => row.Content)], [.. rows.Select(row => row.Confidence)], []);
}
