using System.Runtime.Versioning;
using Microsoft.Extensions.Logging.Abstractions;
using Pipeline.Servers;
using Pipeline.Services.Local;
using Pipeline.Storage.Redis;
using StackExchange.Redis;

namespace Pipeline.Compose.Tests;

/// <summary>The users of the containers' Redis, tried on a real one: enough for their work, and no more.</summary>
[Trait("speed", "server")]
[UnsupportedOSPlatform("windows")]
public sealed class RedisRightsTests : IAsyncLifetime
{
    private readonly MadeSecrets _secrets = new();
    private LocalServers _servers = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _secrets.MakeAsync(Cancelled);
        _servers = await TestServers.PrivateAsync(Server.Redis);
        await using var admin = await ConnectionMultiplexer.ConnectAsync(_servers.Addresses.Redis!);
        // 'user NAME rules…' of a users' file is 'ACL SETUSER NAME rules…'; the first line switches off the user that is asking.
        foreach (string line in _secrets["redis_users"].Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1))
            await admin.GetDatabase().ExecuteAsync("ACL", ["SETUSER", .. line.Split(' ')[1..]]);
    }

    public async ValueTask DisposeAsync()
    {
        await _servers.DisposeAsync();
        _secrets.Dispose();
    }

    [Fact]
    public async Task The_workers_can_do_all_that_publication_needs()
    {
        await using var cache = ServingCache.Connect(As("pipeline", "redis_pipeline_password"), TimeProvider.System, NullLogger<ServingCache>.Instance);

        await cache.WriteListsAsync(1, [new CachedList(42, [7, 9])], Cancelled);
        Assert.Equal(1, await cache.CountListsAsync(1, [42], Cancelled));
        await cache.PingAsync(Cancelled);
        Assert.Null(await cache.MoveGenerationAsync(1, 1, Cancelled));
        Assert.Equal(1, await cache.ServedGenerationAsync(Cancelled));
        Assert.NotNull(await cache.LifetimeAsync(1, 42, Cancelled));
        await cache.WritePopularAsync("ALL", "24h", [7], Cancelled);
        Assert.Equal([7], await cache.FindPopularAsync("ALL", "24h", Cancelled));
        await cache.DeletePopularAsync("ALL", "24h", Cancelled);
        await cache.DeleteListsAsync(1, [42], Cancelled);
        Assert.Null(await cache.FindListAsync(1, 42, Cancelled));
    }

    [Fact]
    public async Task The_workers_can_do_nothing_else()
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(As("pipeline", "redis_pipeline_password"));

        await RefusedAsync(connection, "SET", "sessions:42", "x");
        await RefusedAsync(connection, "FLUSHALL");
        await RefusedAsync(connection, "KEYS", "*");
        await RefusedAsync(connection, "CONFIG", "SET", "maxmemory", "0");
        await RefusedAsync(connection, "ACL", "LIST");
    }

    [Fact]
    public async Task A_reader_reads_what_is_published_and_changes_nothing()
    {
        await using var writer = await ConnectionMultiplexer.ConnectAsync(As("pipeline", "redis_pipeline_password"));
        await writer.GetDatabase().StringSetAsync("serving:generation", "1");
        await using var reader = await ConnectionMultiplexer.ConnectAsync(As("api", "redis_api_password"));

        Assert.Equal("1", await reader.GetDatabase().StringGetAsync("serving:generation"));
        Assert.True((await reader.GetDatabase().StringGetAsync("rec:{42}:1")).IsNull);
        Assert.True((await reader.GetDatabase().StringGetAsync("pop:ALL:24h")).IsNull);
        await RefusedAsync(reader, "SET", "serving:generation", "2");
        await RefusedAsync(reader, "DEL", "rec:{42}:1");
    }

    private string As(string user, string passwordFile)
    {
        var options = ConfigurationOptions.Parse(_servers.Addresses.Redis!);
        options.User = user;
        options.Password = _secrets[passwordFile];
        // Of the client only: the server is to refuse, and not the client for it.
        options.AllowAdmin = true;
        return options.ToString(includePassword: true);
    }

    private static async Task RefusedAsync(ConnectionMultiplexer connection, string command, params object[] arguments)
    {
        var error = await Assert.ThrowsAsync<RedisServerException>(() => connection.GetDatabase().ExecuteAsync(command, arguments));
        Assert.StartsWith("NOPERM", error.Message);
    }
}
