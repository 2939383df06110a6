using MongoDB.Driver;
using MySqlConnector;
using Pipeline.Servers;
using StackExchange.Redis;

namespace Pipeline.Services.Tests.Local;

[Trait("speed", "server")]
public sealed class TestServersTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_test_gets_a_MySQL_database_of_its_own()
    {
        await using var first = new MySqlConnection(await TestServers.MySqlAsync());
        await using var second = new MySqlConnection(await TestServers.MySqlAsync());
        Assert.NotEqual(first.Database, second.Database);
        await first.OpenAsync(Ct);
        await second.OpenAsync(Ct);
    }

    [Fact]
    public async Task Each_test_gets_a_Redis_database_of_its_own()
    {
        await using var first = await ConnectionMultiplexer.ConnectAsync(await TestServers.RedisAsync());
        await using var second = await ConnectionMultiplexer.ConnectAsync(await TestServers.RedisAsync());
        await first.GetDatabase().StringSetAsync("key", "value");
        Assert.False(await second.GetDatabase().KeyExistsAsync("key"));
    }

    [Fact]
    public async Task Each_test_gets_a_document_database_of_its_own()
    {
        var first = MongoUrl.Create(await TestServers.MongoAsync());
        var second = MongoUrl.Create(await TestServers.MongoAsync());
        Assert.NotEqual(first.DatabaseName, second.DatabaseName);
    }

    [Fact]
    public async Task The_shared_Kafka_makes_topics_and_faults()
    {
        using var control = await TestServers.KafkaControlAsync(Ct);
        await control.CreateTopicAsync(TestServers.FreshName(), 2, Ct);
        Assert.Equal(3, (await TestServers.KafkaAsync()).Split(',').Length);
    }
}
