using Pipeline.Models.Popularity;

namespace Pipeline.Models.Tests.Popularity;

[Trait("speed", "fast")]
public sealed class PopularityAggregatorTests
{
    private static readonly DateTime Now = new(2026, 11, 1, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Figures_are_those_of_counting_everything_again_for_each_window_and_region()
    {
        var watches = Watches(seed: 1);
        var ranked = Aggregate(watches);
        foreach (var window in PopularityWindow.All)
        {
            foreach (var region in new[] { "ALL", "KR", "JP", "US" })
            {
                var expected = Naive(watches, window, region);
                var actual = ranked.Where(title => title.Window == window.Name && title.Region == region).ToList();
                Assert.Equal(expected.Count, actual.Count);
                Assert.Equal(Enumerable.Range(1, actual.Count), actual.Select(title => title.Rank));
                foreach (var title in actual)
                {
                    var (views, viewers, hours, score) = expected[title.ContentId];
                    Assert.Equal(views, title.Views, 1e-6);
                    Assert.Equal(viewers, title.UniqueViewers);
                    Assert.Equal(hours, title.HoursWatched, 1e-6);
                    Assert.Equal(score, title.Score, 1e-5);
                }
                var byScore = actual.OrderByDescending(title => title.Score).ThenBy(title => title.ContentId);
                Assert.Equal(byScore.Select(title => title.ContentId), actual.Select(title => title.ContentId));
            }
        }
    }

    [Fact]
    public void The_order_of_events_changes_nothing()
    {
        var watches = Watches(seed: 2);
        var expected = Aggregate(watches);
        new Random(3).Shuffle(watches);
        Assert.Equal(expected, Aggregate(watches));
    }

    [Fact]
    public void A_viewer_watches_more_than_two_minutes_within_the_window()
    {
        var ranked = Aggregate(
            [Watch(1, 10, 100, TimeSpan.FromMinutes(30)), Watch(1, 10, 20, TimeSpan.FromMinutes(20)), Watch(1, 10, 1, TimeSpan.FromHours(2)),
             Watch(2, 10, 121, TimeSpan.FromMinutes(5))]);
        Assert.Equal(1, ranked.Single(title => title is { Window: "1h", Region: "ALL" }).UniqueViewers);
        Assert.Equal(2, ranked.Single(title => title is { Window: "24h", Region: "ALL" }).UniqueViewers);
    }

    [Fact]
    public void A_member_of_two_regions_is_one_viewer_of_all_of_them()
    {
        var ranked = Aggregate([Watch(1, 10, 70, default), Watch(1, 10, 70, default) with { Region = "JP" }]);
        Assert.Equal(1, ranked.Single(title => title is { Window: "1h", Region: "ALL" }).UniqueViewers);
        Assert.Equal(0, ranked.Single(title => title is { Window: "1h", Region: "KR" }).UniqueViewers);
    }

    [Fact]
    public void Windows_begin_after_their_length_and_end_with_the_instant()
    {
        Assert.Empty(Aggregate([Watch(1, 10, 600, TimeSpan.FromDays(28)), Watch(1, 10, 600, TimeSpan.FromTicks(-1)), Watch(1, 10, 0, default)]));
        Assert.Equal(["28d", "28d"], Aggregate([Watch(1, 10, 600, TimeSpan.FromDays(28) - TimeSpan.FromTicks(1))]).Select(title => title.Window));
        Assert.Equal(8, Aggregate([Watch(1, 10, 600, default)]).Count);
    }

    [Fact]
    public void Score_halves_with_the_half_life_and_ties_stand_by_content()
    {
        var hour = PopularityWindow.All[0];
        var ranked = Aggregate([Watch(1, 30, 3600, default), Watch(1, 20, 3600, hour.HalfLife), Watch(2, 10, 3600, hour.HalfLife)])
            .Where(title => title is { Window: "1h", Region: "ALL" }).ToList();
        Assert.Equal([30L, 10L, 20L], ranked.Select(title => title.ContentId));
        Assert.Equal([1.0, 0.5, 0.5], ranked.Select(title => title.Score));
    }

    [Fact]
    public void A_runtime_that_nobody_named_is_an_hour_and_the_longest_named_counts()
    {
        var ranked = Aggregate(
            [Watch(1, 10, 1800, default) with { DurationSeconds = 0 }, Watch(1, 20, 900, default) with { DurationSeconds = 600 },
             Watch(1, 20, 900, default) with { DurationSeconds = 900 }]);
        Assert.Equal(0.5, ranked.First(title => title.ContentId == 10).Views);
        Assert.Equal(2, ranked.First(title => title.ContentId == 20).Views);
    }

    [Theory]
    [InlineData(5_400_000)]
    [InlineData(80_000)]
    [InlineData(double.NaN)]
    [InlineData(-1)]
    public void One_event_with_a_wrong_runtime_changes_nothing(double wrong)
    {
        var right = Enumerable.Range(1, 3).Select(user => Watch(user, 10, 600, TimeSpan.FromMinutes(user)) with { DurationSeconds = 5_400 }).ToArray();
        var title = Aggregate([.. right, Watch(9, 10, 600, default) with { DurationSeconds = wrong }]).First();
        Assert.Equal(2_400 / 5_400.0, title.Views, 1e-9);
    }

    [Fact]
    public void The_catalogue_knows_better_than_events()
    {
        var aggregator = new PopularityAggregator(Now, new Dictionary<long, TimeSpan> { [10] = TimeSpan.FromSeconds(1_200) });
        aggregator.Add(Watch(1, 10, 600, default));
        aggregator.Add(Watch(1, 20, 1_800, default));
        Assert.Equal([(10L, 0.5), (20L, 0.5)], aggregator.Rank(9).Where(title => title is { Window: "1h", Region: "ALL" }).Select(title => (title.ContentId, title.Views)));
    }

    [Fact]
    public void No_more_titles_than_asked_for()
    {
        var aggregator = new PopularityAggregator(Now);
        foreach (var watch in Watches(seed: 5))
            aggregator.Add(watch);
        var all = aggregator.Rank(int.MaxValue).ToList();
        var few = aggregator.Rank(3).ToList();
        Assert.Equal(all.Where(title => title.Rank <= 3), few);
    }

    private static Dictionary<long, (double Views, int Viewers, double Hours, double Score)> Naive(
        WatchTime[] watches, PopularityWindow window, string region) =>
        watches
            .Where(watch => watch.At <= Now && Now - watch.At < window.Length && (region == "ALL" || watch.Region == region))
            .GroupBy(watch => watch.ContentId)
            .ToDictionary(title => title.Key, title =>
            {
                var runtime = watches.Where(watch => watch.ContentId == title.Key && watch.At <= Now).Max(watch => watch.DurationSeconds);
                return (
                    title.Sum(watch => watch.WatchedSeconds) / runtime,
                    title.GroupBy(watch => watch.UserId).Count(member => member.Sum(watch => watch.WatchedSeconds) > 120),
                    title.Sum(watch => watch.WatchedSeconds) / 3600,
                    title.Sum(watch => watch.WatchedSeconds * Math.Pow(0.5, (Now - watch.At) / window.HalfLife)) / runtime);
            });

    private static List<PopularTitle> Aggregate(WatchTime[] watches)
    {
        var aggregator = new PopularityAggregator(Now);
        foreach (var watch in watches)
            aggregator.Add(watch);
        return [.. aggregator.Rank(int.MaxValue)];
    }

    private static WatchTime[] Watches(int seed)
    {
        var random = new Random(seed);
        string?[] regions = ["KR", "JP", "US", null];
        return [.. Enumerable.Range(0, 4000).Select(_ =>
        {
            var content = 1 + random.Next(20);
            // Ages from minutes to beyond the longest window, some in the future.
            var age = TimeSpan.FromHours(Math.Pow(900, random.NextDouble()) - 1.1);
            return new WatchTime(random.Next(50), content, regions[random.Next(4)], Now - age, random.Next(1, 90_000) / 1000.0, content * 300);
        })];
    }

    private static WatchTime Watch(long user, long content, double seconds, TimeSpan age) => new(user, content, "KR", Now - age, seconds, 3600);
}
