using Microsoft.Extensions.Logging.Abstractions;
using Pipeline.Servers;
using Pipeline.Storage.MySql.Generations;
using Pipeline.Storage.Redis;
using Pipeline.Storage.Serving;
using Pipeline.Storage.Tests.MySql;

namespace Pipeline.Storage.Tests.Redis;

[Trait("speed", "server")]
public sealed class RecommendationReaderTests : IAsyncLifetime
{
    private Stores _stores = null!;
    private ServingCache _cache = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private RecommendationReader Reader => new(_cache, _stores.Generations, _stores.Popularity);

    public async ValueTask InitializeAsync()
    {
        _stores = await Stores.CreateAsync();
        _cache = ServingCache.Connect(await TestServers.RedisAsync(), TimeProvider.System, NullLogger<ServingCache>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await _cache.DisposeAsync();
        await _stores.DisposeAsync();
    }

    /// <summary>Publishes lists of one title for members 1 to 3 in MySQL; Redis is left to the test.</summary>
    private async Task<long> PublishInMySqlAsync(string owner, long contentId)
    {
        var lease = await _stores.OpenRunAsync(owner);
        long generation = await _stores.WriteGenerationAsync(lease, contentId: contentId);
        long? served = (await _stores.Generations.PointerAsync(GenerationStore.GlobalScope, Cancelled))?.GenerationId;
        Assert.True(await _stores.Generations.FlipAsync(GenerationStore.GlobalScope, generation, served, 3, lease, Cancelled));
        return generation;
    }

    [Fact]
    public async Task A_list_in_redis_is_shown_with_the_scores_and_reasons_of_mysql()
    {
        long generation = await PublishInMySqlAsync("a", 1001);
        await _cache.MoveGenerationAsync(generation, 1, Cancelled);
        await _cache.WriteListsAsync(generation, [new CachedList(2, [1001])], Cancelled);

        var served = await Reader.ReadAsync(2, "KR", Cancelled);

        Assert.Equal((ListSource.Redis, (long?)generation, (string?)null), (served.Source, served.Generation, served.Fallback));
        Assert.Equal([new ListedItem(1001, 0.5, new ListReason("popular"))], served.Items);
    }

    [Fact]
    public async Task A_miss_in_redis_falls_back_to_mysql_for_the_generation_that_redis_serves()
    {
        long first = await PublishInMySqlAsync("a", 1001);
        await _cache.MoveGenerationAsync(first, 1, Cancelled);
        // MySQL has moved on, and Redis has not followed yet.
        await PublishInMySqlAsync("b", 2002);

        var served = await Reader.ReadAsync(2, "KR", Cancelled);

        Assert.Equal((ListSource.MySql, (long?)first), (served.Source, served.Generation));
        Assert.Equal(1001, Assert.Single(served.Items).ContentId);
    }

    [Fact]
    public async Task Without_a_pointer_in_redis_mysql_names_the_generation()
    {
        long generation = await PublishInMySqlAsync("a", 1001);
        Assert.Equal((ListSource.MySql, (long?)generation), ((await Reader.ReadAsync(1, "KR", Cancelled)) is var served ? (served.Source, served.Generation) : default));
    }

    [Theory]
    [InlineData("KR", 30)]
    [InlineData("DE", 10)]
    [InlineData("ALL", 10)]
    public async Task An_unknown_member_gets_what_is_popular_in_the_region_and_else_everywhere(string region, long best)
    {
        await PublishInMySqlAsync("a", 1001);
        await _cache.WritePopularAsync("KR", "24h", [30, 31], Cancelled);
        await _cache.WritePopularAsync("ALL", "24h", [10, 11], Cancelled);

        var served = await Reader.ReadAsync(999, region, Cancelled);

        Assert.Equal(ListSource.Popularity, served.Source);
        Assert.Equal(best, served.Items[0].ContentId);
        Assert.Contains("no list of generation", served.Fallback);
    }

    [Fact]
    public async Task With_nothing_published_the_answer_is_empty_and_says_what_is_missing()
    {
        var served = await Reader.ReadAsync(1, "KR", Cancelled);
        Assert.Equal(ListSource.None, served.Source);
        Assert.Equal("no generation is published; nothing popular in KR, 24h; nothing popular in ALL, 24h", served.Fallback);
    }
}
