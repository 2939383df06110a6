using Dapper;
using Pipeline.Jobs.Popularity;
using Pipeline.Jobs.Publication;
using Pipeline.Jobs.Runs;
using Pipeline.Storage.MySql.Titles;

namespace Pipeline.Jobs.Tests.Training;

/// <summary>Popularity, from events to what readers see.</summary>
[Trait("speed", "server")]
public sealed class PopularityJobTests : IAsyncLifetime
{
    private JobStores _stores = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _stores = await JobStores.CreateAsync();

    public ValueTask DisposeAsync() => _stores.DisposeAsync();

    private Task<RunReport> RunAsync(WatchedWorld world, params string[] settings)
    {
        var job = new PopularityJob(world.Store, _stores.Titles, _stores.Popularity, _stores.History, _stores.RightsReader, new PopularKeys(_stores.Popularity, _stores.Cache));
        return _stores.RunAsync(job, settings);
    }

    [Fact]
    public async Task Without_events_popularity_is_skipped()
    {
        var world = new WatchedWorld();
        var report = await RunAsync(world, WatchedWorld.AsOf);
        Assert.Equal(
            (RunEnd.Skipped, "nothing was watched: it looked at 28 days before 2026-11-22 12:00:00Z, and there are no events at all"), (report.End, report.Reason));
    }

    [Fact]
    public async Task Popularity_is_the_same_in_MySql_and_Redis_and_leaves_out_regions_that_are_none()
    {
        var world = new WatchedWorld();
        for (int member = 1; member <= 3; member++)
            world.Watch(member, 10, 5_400, TimeSpan.FromMinutes(10 * member), "KR");
        world.Watch(4, 20, 5_400, TimeSpan.FromMinutes(5), "JP");
        world.Watch(5, 20, 60, TimeSpan.FromHours(30), "nowhere");
        await world.StoreAsync();

        var report = await RunAsync(world, WatchedWorld.AsOf);

        Assert.Equal((RunEnd.Succeeded, (string?)null), (report.End, report.Reason));
        var served = await _stores.Popularity.ServedAsync(Cancelled);
        Assert.Equal(["ALL", "JP", "KR"], served.Select(titles => titles.Region).Distinct().Order());
        Assert.Equal(["1h", "24h", "28d", "7d"], served.Select(titles => titles.Window).Distinct().Order());
        foreach (var titles in served)
            Assert.Equal(titles.ContentIds, await _stores.Cache.FindPopularAsync(titles.Region, titles.Window, Cancelled));
        await using var connection = await _stores.Database.OpenAsync(Cancelled);
        Assert.Equal((10L, 3.0, 3L, 4.5), await connection.QuerySingleAsync<(long, double, long, double)>(
            "SELECT content_id, views, unique_viewers, hours_watched FROM popularity WHERE window_name = '24h' AND region = 'KR'"));
    }

    [Fact]
    public async Task A_window_and_region_that_fall_quiet_are_served_no_more_and_in_the_end_none_is()
    {
        var world = new WatchedWorld();
        world.Watch(1, 10, 5_400, TimeSpan.FromMinutes(10), "KR");
        world.Watch(2, 20, 5_400, TimeSpan.FromHours(3), "JP");
        await world.StoreAsync();
        await RunAsync(world, WatchedWorld.AsOf);
        Assert.Equal([10], await _stores.Cache.FindPopularAsync("KR", "1h", Cancelled));

        await RunAsync(world, "as-of=2026-11-23T11:45:00Z");
        Assert.Equal(
            [("24h", "ALL"), ("24h", "KR"), ("28d", "ALL"), ("28d", "JP"), ("28d", "KR"), ("7d", "ALL"), ("7d", "JP"), ("7d", "KR")],
            (await _stores.Popularity.ServedAsync(Cancelled)).Select(titles => (titles.Window, titles.Region)));
        Assert.Null(await _stores.Cache.FindPopularAsync("KR", "1h", Cancelled));
        Assert.Null(await _stores.Cache.FindPopularAsync("JP", "24h", Cancelled));
        Assert.Equal([10], await _stores.Cache.FindPopularAsync("KR", "24h", Cancelled));

        Assert.Equal(RunEnd.Skipped, (await RunAsync(world, "as-of=2027-02-01T00:00:00Z")).End);
        Assert.Empty(await _stores.Popularity.ServedAsync(Cancelled));
        Assert.Null(await _stores.Cache.FindPopularAsync("KR", "28d", Cancelled));
    }

    [Fact]
    public async Task A_title_s_views_are_counted_by_the_catalogue_s_runtime()
    {
        await _stores.Titles.WriteAsync([new CatalogTitle(10, null, null, [], null, 2_700, null)], Cancelled);
        var world = new WatchedWorld();
        world.Watch(1, 10, 5_400, TimeSpan.FromMinutes(10), "KR");
        await world.StoreAsync();

        await RunAsync(world, WatchedWorld.AsOf);

        await using var connection = await _stores.Database.OpenAsync(Cancelled);
        Assert.Equal(2.0, await connection.QuerySingleAsync<double>("SELECT views FROM popularity WHERE window_name = '24h' AND region = 'KR'"));
    }
}
