using MongoDB.Bson;
using MongoDB.Driver;
using MySqlConnector;
using Pipeline.Servers;
using Pipeline.Services.Local;
using StackExchange.Redis;

namespace Pipeline.Services.Tests;

[Trait("speed", "server")]
public sealed class LocalServersTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_killed_servers_acknowledged_is_there_when_they_are_back()
    {
        await using var servers = await TestServers.PrivateAsync();
        var before = servers.Addresses;
        await WriteAsync(before);

        foreach (var server in Enum.GetValues<LocalServer>())
        {
            await servers.KillAsync(server);
            Assert.Null(servers.Pid(server));
        }
        foreach (var server in Enum.GetValues<LocalServer>())
            await servers.StartAsync(server, Ct);

        Assert.Equal(before with { Kafka = servers.Addresses.Kafka }, servers.Addresses);
        MySqlConnection.ClearAllPools();
        await AssertWrittenAsync(servers.Addresses);
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

    private static async Task WriteAsync(ServerAddresses addresses)
    {
        await using var mySql = new MySqlConnection(addresses.MySql);
        await mySql.OpenAsync(Ct);
        await using var write = new MySqlCommand("CREATE TABLE kept (id INT PRIMARY KEY); INSERT INTO kept VALUES (42)", mySql);
        await write.ExecuteNonQueryAsync(Ct);

        await Documents(addresses).InsertOneAsync(new BsonDocument("_id", 42), cancellationToken: Ct);

        await using var redis = await ConnectionMultiplexer.ConnectAsync(addresses.Redis!);
        await redis.GetDatabase().StringSetAsync("kept", 42);
        // The append-only file is forced to disk every second; what the kernel has survives a killed process.
    }

    private static async Task AssertWrittenAsync(ServerAddresses addresses)
    {
        await using var mySql = new MySqlConnection(addresses.MySql);
        await mySql.OpenAsync(Ct);
        await using var read = new MySqlCommand("SELECT id FROM kept", mySql);
        Assert.Equal(42, await read.ExecuteScalarAsync(Ct));

        Assert.Equal(42, (await Documents(addresses).Find(FilterDefinition<BsonDocument>.Empty).SingleAsync(Ct))["_id"].AsInt32);

        await using var redis = await ConnectionMultiplexer.ConnectAsync(addresses.Redis!);
        Assert.Equal(42, (int)await redis.GetDatabase().StringGetAsync("kept"));
    }

    private static IMongoCollection<BsonDocument> Documents(ServerAddresses addresses) =>
        new MongoClient(addresses.Mongo).GetDatabase(ServerAddresses.Database).GetCollection<BsonDocument>("kept");
}
