using Microsoft.Extensions.Logging.Abstractions;
using Pipeline.Servers;
using Pipeline.Storage.Redis;
using StackExchange.Redis;

namespace Pipeline.Storage.Tests.Redis;

[Trait("speed", "server")]
public sealed class ServingCacheTests : IAsyncLifetime
{
    private ServingCache _cache = null!;
    private ConnectionMultiplexer _outside = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        string address = await TestServers.RedisAsync();
        _cache = ServingCache.Connect(address, TimeProvider.System, NullLogger<ServingCache>.Instance);
        _outside = await ConnectionMultiplexer.ConnectAsync(address);
    }

    public async ValueTask DisposeAsync()
    {
        await _cache.DisposeAsync();
        await _outside.DisposeAsync();
    }

    [Fact]
    public async Task Only_a_flip_with_a_greater_token_moves_the_generation()
    {
        Assert.Null(await _cache.ServedGenerationAsync(Cancelled));
        Assert.Null(await _cache.MoveGenerationAsync(7, 20, Cancelled));
        Assert.Equal(20, await _cache.MoveGenerationAsync(6, 19, Cancelled));
        Assert.Equal(7, await _cache.ServedGenerationAsync(Cancelled));
        Assert.Null(await _cache.MoveGenerationAsync(3, 21, Cancelled));
        Assert.Equal("3", await _outside.GetDatabase().StringGetAsync("serving:generation"));
    }

    [Fact]
    public async Task Flips_that_arrive_in_any_order_leave_the_latest()
    {
        await Task.WhenAll(Enumerable.Range(1, 200).Reverse().Select(flip => _cache.MoveGenerationAsync(1_000 + flip, flip, Cancelled)));
        Assert.Equal(1_200, await _cache.ServedGenerationAsync(Cancelled));
    }

    [Fact]
    public async Task Lists_stand_under_the_contracts_keys_with_a_time_to_live()
    {
        await _cache.WriteListsAsync(5, [new CachedList(42, [1001, 7]), new CachedList(43, [9])], Cancelled);

        var redis = _outside.GetDatabase();
        Assert.Equal("[1001,7]", await redis.StringGetAsync("rec:{42}:5"));
        Assert.InRange((await redis.KeyTimeToLiveAsync("rec:{43}:5"))!.Value, TimeSpan.FromDays(1), ServingCache.ListLifetime);
        Assert.Equal(2, await _cache.CountListsAsync(5, [42, 43, 44], Cancelled));
        Assert.Equal([1001, 7], await _cache.FindListAsync(5, 42, Cancelled));
        Assert.Null(await _cache.FindListAsync(4, 42, Cancelled));
    }

    [Fact]
    public async Task A_list_of_fifty_takes_at_most_700_bytes_all_in()
    {
        await _cache.WriteListsAsync(123_456, [new CachedList(9_000_000_001, [.. Enumerable.Range(0, 50).Select(i => 10_000_000L + i)])], Cancelled);

        long bytes = (long)await _outside.GetDatabase().ScriptEvaluateAsync("return redis.call('MEMORY', 'USAGE', KEYS[1])", ["rec:{9000000001}:123456"]);

        Assert.InRange(bytes, 1, 700);
    }

    [Fact]
    public async Task Popular_titles_stand_under_the_contracts_keys()
    {
        await _cache.WritePopularAsync("KR", "24h", [3, 1, 2], Cancelled);
        Assert.Equal("[3,1,2]", await _outside.GetDatabase().StringGetAsync("pop:KR:24h"));
        Assert.Equal([3, 1, 2], await _cache.FindPopularAsync("KR", "24h", Cancelled));
        await _cache.DeletePopularAsync("KR", "24h", Cancelled);
        Assert.Null(await _cache.FindPopularAsync("KR", "24h", Cancelled));
    }
}
