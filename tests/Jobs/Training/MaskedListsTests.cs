using Pipeline.Jobs.Popularity;
using Pipeline.Jobs.Publication;
using Pipeline.Jobs.Runs;
using Pipeline.Storage.MySql.Rights;
using Pipeline.Storage.MySql.Titles;

namespace Pipeline.Jobs.Tests.Training;

/// <summary>Rights in the tables, and what of them reaches readers.</summary>
[Trait("speed", "server")]
public sealed class MaskedListsTests : TrainedWorld
{
    private readonly DateTime _now = TimeProvider.System.GetUtcNow().UtcDateTime;

    [Fact]
    public async Task No_published_list_has_what_is_not_licensed_for_older_ones_or_about_to_end()
    {
        var world = await WorldAsync();
        await Stores.Rights.WriteAsync(
            [
                new TitleLicence(1, "KR", _now.AddDays(-9), null), new TitleLicence(2, "JP", _now.AddDays(-9), null),
                new TitleLicence(3, "KR", _now.AddDays(-9), _now.AddHours(2)), new TitleLicence(4, "KR", _now.AddDays(1), null),
                new TitleLicence(5, RightsStore.Everywhere, _now.AddDays(-9), _now.AddDays(90)),
            ], Cancelled);
        await Stores.Titles.WriteAsync([new CatalogTitle(6, null, "Late", [], null, null, null) { MinAge = 19 }], Cancelled);
        await Stores.Rights.WriteAsync([new AgeLimit(901, 12), new AgeLimit(904, 18), new AgeLimit(904, null)], Cancelled);

        var report = await TrainListsAsync(world);

        Assert.Equal((RunEnd.Succeeded, (string?)null), (report.End, report.Reason));
        var lists = await ListsAsync((long)report.Metrics["generation"]);
        Assert.Equal(306, lists.Count);
        Assert.All(lists.Where(list => list.Key is not (902 or 905)), list => Assert.Empty(list.Value.Intersect([2, 3, 4])));
        Assert.All(new long[] { 902, 905 }, member => Assert.Empty(lists[member].Intersect([1, 3, 4])));
        Assert.DoesNotContain(6, lists[901]);
        // Members of one region who have seen nothing of the taste get what the others may not.
        Assert.Contains(1, lists[904]);
        Assert.Contains(2, lists[905]);
        Assert.Contains(5, lists[905]);
        Assert.Contains(6, lists[904]);
        // The member of 903 has had every title: nothing is left, and nothing comes again.
        Assert.Empty(lists[903]);
        Assert.Empty((await Stores.Reader.ReadAsync(903, "KR", Cancelled)).Items);
    }

    [Fact]
    public async Task What_is_popular_in_a_region_is_licensed_there_and_everywhere_in_the_list_of_all()
    {
        var world = await WorldAsync();
        await Stores.Rights.WriteAsync([new TitleLicence(1, "KR", _now.AddDays(-9), null), new TitleLicence(2, "JP", _now.AddDays(-9), null)], Cancelled);

        var job = new PopularityJob(
            world.Store, Stores.Titles, Stores.Popularity, Stores.History, Stores.RightsReader, new PopularKeys(Stores.Popularity, Stores.Cache));
        var report = await Stores.RunAsync(job, [WatchedWorld.AsOf]);

        Assert.Equal(RunEnd.Succeeded, report.End);
        var korea = await Stores.Cache.FindPopularAsync("KR", "28d", Cancelled);
        Assert.Contains(1, korea!);
        Assert.DoesNotContain(2, korea!);
        var all = await Stores.Cache.FindPopularAsync("ALL", "28d", Cancelled);
        Assert.NotEmpty(all!);
        Assert.Empty(all!.Intersect([1, 2]));
        Assert.Equal(all, (await Stores.Popularity.TopAsync("28d", "ALL", Cancelled)).Select(row => row.ContentId));

        var nowhere = Enumerable.Range(1, 60).Select(title => new TitleLicence(title, "US", _now.AddDays(-1), null)).ToArray();
        await Stores.Rights.WriteAsync([.. nowhere, new TitleLicence(1, "KR", _now.AddDays(-9), _now)], Cancelled);
        await Stores.RunAsync(job, [WatchedWorld.AsOf]);
        Assert.Null(await Stores.Cache.FindPopularAsync("KR", "28d", Cancelled));
        Assert.Empty(await Stores.Popularity.ServedAsync(Cancelled));
    }

    [Fact]
    public async Task Who_plays_in_titles_and_what_they_are_tagged_with_is_enough_to_recommend_them_by()
    {
        var world = await WatchedWorld.WithTastesAsync(members: 300, tastes: 6, titlesPerTaste: 30);
        await Stores.Titles.WriteAsync(
            [
                .. Enumerable.Range(1, 180).Select(title => new CatalogTitle(title, null, null, [], null, null, null)
                {
                    // Half of the tastes are told by a face, the others by a tag; nobody names a genre.
                    Cast = (title - 1) / 30 % 2 == 0 ? [$"actor {(title - 1) / 30}"] : [],
                    Tags = (title - 1) / 30 % 2 == 1 ? [$"tag {(title - 1) / 30}"] : [],
                }),
            ], Cancelled);

        var report = await TrainListsAsync(world, "algorithm=content");

        Assert.Equal((RunEnd.Succeeded, (string?)null), (report.End, report.Reason));
        Assert.True(report.Metrics["recall@20"] > 1.5 * report.Metrics["popularity recall@20"]);
    }

    [Fact]
    public async Task A_member_who_was_erased_leaves_no_age_behind()
    {
        await Stores.Rights.WriteAsync([new AgeLimit(7, 12), new AgeLimit(8, 15)], Cancelled);
        await new Storage.MySql.Erasures.ErasureStore(Stores.Database).DeleteListsAsync(null, 7, [], Cancelled);
        Assert.Equal([8], (await Stores.Rights.ReadAsync(Cancelled)).AgeLimits.Keys);
    }

    /// <summary>300 members of tastes; 901 to 905 stand apart.</summary>
    private static async Task<WatchedWorld> WorldAsync()
    {
        var world = await WatchedWorld.WithTastesAsync(members: 300, tastes: 6, titlesPerTaste: 10);
        world.Watch(member: 901, title: 11, seconds: 5_000, ago: TimeSpan.FromDays(2));
        world.Watch(member: 902, title: 11, seconds: 5_000, ago: TimeSpan.FromDays(2), region: "JP");
        for (int title = 1; title <= 60; title++)
            world.Watch(member: 903, title, seconds: 5_000, ago: TimeSpan.FromDays(3));
        world.Watch(member: 904, title: 7, seconds: 5_000, ago: TimeSpan.FromDays(2));
        world.Watch(member: 905, title: 7, seconds: 5_000, ago: TimeSpan.FromDays(2), region: "JP");
        // Shown something, and watched nothing.
        world.Show(member: 906, title: 8);
        return await world.StoreAsync();
    }

    private async Task<Dictionary<long, long[]>> ListsAsync(long generation)
    {
        var lists = new Dictionary<long, long[]>();
        await foreach (var list in Stores.Generations.ReadAsync(generation, Cancelled))
        {
            lists[list.UserId] = [.. list.Items.Select(item => item.ContentId)];
            Assert.Equal(lists[list.UserId], await Stores.Cache.FindListAsync(generation, list.UserId, Cancelled));
        }
        return lists;
    }

    private Task<RunReport> TrainListsAsync(WatchedWorld world, params string[] settings) =>
        TrainAsync(world, ["algorithm=ials", "top-k=60", .. settings]);
}
