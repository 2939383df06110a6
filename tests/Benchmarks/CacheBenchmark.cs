using Microsoft.Extensions.Logging.Abstractions;
using Pipeline.Servers;
using Pipeline.Storage.Redis;
using StackExchange.Redis;

namespace Pipeline.Benchmarks;

/// <summary>What a published list of 50 costs in Redis, everything counted: the server's own memory before and after.</summary>
internal static class CacheBenchmark
{
    private const int Members = 50_000;
    private const int ListsPerBatch = 1_000;

    public static async Task<Comparison> RunAsync(CancellationToken cancellationToken)
    {
        string address = await TestServers.RedisAsync();
        await using var connection = await ConnectionMultiplexer.ConnectAsync(address, options => options.AllowAdmin = true); // for INFO
        await using var cache = ServingCache.Connect(address, TimeProvider.System, NullLogger<ServingCache>.Instance);
        var lists = SampleLists.Of(Members);
        long before = await UsedAsync(connection);
        foreach (var batch in lists.Chunk(ListsPerBatch))
            await cache.WriteListsAsync(
                generation: 12_345, [.. batch.Select(list => new CachedList(list.UserId, [.. list.Items.Select(item => item.ContentId)]))], cancellationToken);
        long after = await UsedAsync(connection);
        return new Comparison(
            "cache", "bytes per list of 50", [new Series("Redis, used_memory", [(after - before) / (double)Members])], Ratio: null, "at most 700 bytes all in");
    }

    private static async Task<long> UsedAsync(ConnectionMultiplexer connection)
    {
        string info = await connection.GetServers()[0].InfoRawAsync("memory") ?? "";
        string line = info.Split('\n').Single(text => text.StartsWith("used_memory:", StringComparison.Ordinal));
        return long.Parse(line["used_memory:".Length..].Trim());
    }
}
