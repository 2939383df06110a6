using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Pipeline.Storage.Redis;

/// <summary>One member's list as the cache holds it: content ids, best first.</summary>
public readonly record struct CachedList(long UserId, IReadOnlyList<long> ContentIds);

/// <summary>
/// Redis, in front of MySQL: lists, popular titles, and which generation is served. Everything here can be lost and is then written
/// again from MySQL. Calls repeat themselves through a restart of the server, until <see cref="Patience"/> is over.
/// </summary>
public sealed class ServingCache : IAsyncDisposable
{
    // Every key. Braces mark the part that a cluster hashes: a member's lists share a node, and so do the pointer and its token.
    private static readonly RedisKey Generation = "serving:generation";
    private static readonly RedisKey GenerationToken = "{serving:generation}:fencing-token";
    private static RedisKey ListKey(long generation, long user) => $"rec:{{{user}}}:{generation}";
    private static RedisKey PopularKey(string region, string window) => $"pop:{region}:{window}";

    /// <summary>How long a list stays: some nights without a new generation. The reconciler renews it at half time.</summary>
    public static readonly TimeSpan ListLifetime = TimeSpan.FromDays(4);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private static readonly string MoveGeneration = EmbeddedText.Load("Redis/move_generation.lua");

    private readonly ConnectionMultiplexer _connection;
    private readonly IDatabase _redis;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;

    private ServingCache(ConnectionMultiplexer connection, TimeProvider clock, ILogger log)
    {
        _connection = connection;
        _redis = connection.GetDatabase();
        _clock = clock;
        _log = log;
    }

    /// <summary><see cref="Haste"/> shortens it.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <param name="configuration">StackExchange.Redis configuration text.</param>
    /// <remarks>Comes back also when the server does not answer yet: calls wait for it.</remarks>
    public static ServingCache Connect(string configuration, TimeProvider clock, ILogger<ServingCache> log)
    {
        var options = ConfigurationOptions.Parse(configuration);
        options.AbortOnConnectFail = false;
        options.ClientName = "pipeline";
        return new ServingCache(ConnectionMultiplexer.Connect(options), clock, log);
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    /// <summary>Asks the server for a sign of life, once.</summary>
    /// <exception cref="RedisException">There is none.</exception>
    public async Task PingAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _redis.PingAsync().WaitAsync(cancellationToken);
        }
        catch (Exception error) when (IsBadWeather(error))
        {
            // The client's own words are a page of counters.
            throw new RedisException($"Redis at {string.Join(", ", _connection.GetEndPoints().Select(place => EndPointCollection.ToString(place)))} does not answer", error);
        }
    }

    /// <summary>Of the server, as the client last saw it.</summary>
    public string ServerVersion => _connection.GetServers().FirstOrDefault(server => server.IsConnected)?.Version.ToString() ?? "";

    /// <summary>The generation served, or null where Redis does not know.</summary>
    public async Task<long?> ServedGenerationAsync(CancellationToken cancellationToken)
    {
        var value = await RepeatAsync(() => _redis.StringGetAsync(Generation), cancellationToken);
        return !value.IsNull && value.TryParse(out long generation) ? generation : null;
    }

    /// <summary>Serves <paramref name="generation"/>, unless a flip with a greater token is served already.</summary>
    /// <returns>Null where it was set; else the greater token that Redis holds.</returns>
    public async Task<long?> MoveGenerationAsync(long generation, long token, CancellationToken cancellationToken)
    {
        long held = (long)await RepeatAsync(
            () => _redis.ScriptEvaluateAsync(MoveGeneration, [Generation, GenerationToken], [generation, token]), cancellationToken);
        return held < 0 ? null : held;
    }

    /// <summary>Writes lists in one pipelined batch, each with its time to live.</summary>
    public Task WriteListsAsync(long generation, IReadOnlyList<CachedList> lists, CancellationToken cancellationToken) =>
        RepeatAsync(async () =>
        {
            var batch = _redis.CreateBatch();
            var writes = lists.Select(list => batch.StringSetAsync(ListKey(generation, list.UserId), Ids(list.ContentIds), ListLifetime)).ToArray();
            batch.Execute();
            return await Task.WhenAll(writes);
        }, cancellationToken);

    /// <summary>How many of these members have a list of the generation.</summary>
    public Task<int> CountListsAsync(long generation, IReadOnlyList<long> users, CancellationToken cancellationToken) =>
        RepeatAsync(async () =>
        {
            var batch = _redis.CreateBatch();
            var found = users.Select(user => batch.KeyExistsAsync(ListKey(generation, user))).ToArray();
            batch.Execute();
            return (await Task.WhenAll(found)).Count(exists => exists);
        }, cancellationToken);

    /// <summary>A member's list, or null.</summary>
    public async Task<IReadOnlyList<long>?> FindListAsync(long generation, long user, CancellationToken cancellationToken) =>
        ReadIds(await RepeatAsync(() => _redis.StringGetAsync(ListKey(generation, user)), cancellationToken));

    /// <summary>How long a member's list will stay; null where there is none.</summary>
    public Task<TimeSpan?> LifetimeAsync(long generation, long user, CancellationToken cancellationToken) =>
        RepeatAsync(() => _redis.KeyTimeToLiveAsync(ListKey(generation, user)), cancellationToken);

    /// <returns>How many there were.</returns>
    public Task<int> DeleteListsAsync(long generation, IReadOnlyList<long> users, CancellationToken cancellationToken) =>
        RepeatAsync(async () =>
        {
            var batch = _redis.CreateBatch();
            var deletions = users.Select(user => batch.KeyDeleteAsync(ListKey(generation, user))).ToArray();
            batch.Execute();
            return (await Task.WhenAll(deletions)).Count(deleted => deleted);
        }, cancellationToken);

    public Task WritePopularAsync(string region, string window, IReadOnlyList<long> contentIds, CancellationToken cancellationToken) =>
        RepeatAsync(() => _redis.StringSetAsync(PopularKey(region, window), Ids(contentIds)), cancellationToken);

    public async Task<IReadOnlyList<long>?> FindPopularAsync(string region, string window, CancellationToken cancellationToken) =>
        ReadIds(await RepeatAsync(() => _redis.StringGetAsync(PopularKey(region, window)), cancellationToken));

    public Task DeletePopularAsync(string region, string window, CancellationToken cancellationToken) =>
        RepeatAsync(() => _redis.KeyDeleteAsync(PopularKey(region, window)), cancellationToken);

    private static RedisValue Ids(IReadOnlyList<long> contentIds)
    {
        var buffer = new ArrayBufferWriter<byte>(contentIds.Count * 8 + 2);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            foreach (long id in contentIds)
                writer.WriteNumberValue(id);
            writer.WriteEndArray();
        }
        return buffer.WrittenMemory;
    }

    private static long[]? ReadIds(RedisValue value) => value.IsNull ? null : JsonSerializer.Deserialize<long[]>(((ReadOnlyMemory<byte>)value).Span);

    private async Task<T> RepeatAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        long started = _clock.GetTimestamp();
        var patience = Haste.Of(Patience);
        for (var pause = FirstPause; ; pause = pause < LongestPause ? pause * 2 : LongestPause)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return await Haste.WaitAsync(call(), "Redis", _clock, cancellationToken);
            }
            catch (Exception error) when (IsBadWeather(error) && _clock.GetElapsedTime(started) < patience)
            {
                _log.LogWarning("Redis: {Reason}; trying again", error.Message);
                await Task.Delay(pause * (RandomNumberGenerator.GetInt32(500, 1_500) / 1_000.0), _clock, cancellationToken);
            }
        }
    }

    /// <summary>True while the server is away, starting, or being replaced.</summary>
    private static bool IsBadWeather(Exception error) => error switch
    {
        RedisConnectionException or RedisTimeoutException => true,
        RedisServerException server => server.Message.StartsWith("LOADING", StringComparison.Ordinal)
            || server.Message.StartsWith("MASTERDOWN", StringComparison.Ordinal)
            || server.Message.StartsWith("TRYAGAIN", StringComparison.Ordinal),
        _ => false,
    };
}
