using MySqlConnector;
using Pipeline.Servers;
using Pipeline.Services.Local;
using StackExchange.Redis;

namespace Pipeline.Services.Tests;

[Trait("speed", "server")]
public sealed class LocalServersTests
{
    [Fact]
    public async Task A_killed_MySQL_keeps_what_it_acknowledged()
    {
        await using var servers = await TestServers.PrivateAsync(Server.MySql);
        await using (var connection = new MySqlConnection(servers.Addresses.MySql))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var write = new MySqlCommand("CREATE TABLE kept (id INT PRIMARY KEY); INSERT INTO kept VALUES (42)", connection);
            await write.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        await servers.KillAsync(LocalServer.MySql);
        Assert.Null(servers.Pid(LocalServer.MySql));
        await servers.StartAsync(LocalServer.MySql, TestContext.Current.CancellationToken);

        MySqlConnection.ClearAllPools();
        await using var again = new MySqlConnection(servers.Addresses.MySql);
        await again.OpenAsync(TestContext.Current.CancellationToken);
        await using var read = new MySqlCommand("SELECT id FROM kept", again);
        Assert.Equal(42, await read.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Tests_get_places_of_their_own_in_shared_servers()
    {
        var first = await TestServers.RedisAsync();
        var second = await TestServers.RedisAsync();
        Assert.NotEqual(first, second);
        await using var redis = await ConnectionMultiplexer.ConnectAsync(first);
        await redis.GetDatabase().StringSetAsync("key", "value");
        await using var other = await ConnectionMultiplexer.ConnectAsync(second);
        Assert.False(await other.GetDatabase().KeyExistsAsync("key"));

        Assert.NotEqual(await TestServers.MySqlAsync(), await TestServers.MySqlAsync());
        Assert.NotEqual(await TestServers.MongoAsync(), await TestServers.MongoAsync());
        Assert.Contains("127.0.0.1:", await TestServers.KafkaAsync(), StringComparison.Ordinal);
    }
}
