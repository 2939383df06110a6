using MongoDB.Bson;
using MongoDB.Driver;
using Pipeline.Servers;
using Pipeline.Storage.Events;
using static Pipeline.Storage.Tests.Events.SampleEvents;

namespace Pipeline.Storage.Tests.Events;

[Trait("speed", "server")]
public sealed class MongoEventStoreTests : EventStoreSuite
{
    protected override async Task<IEventStore> EmptyAsync() => (await OpenAsync()).Store;

    [Fact]
    public async Task Documents_are_as_the_contract_says()
    {
        var (store, database) = await OpenAsync();
        await store.AppendAsync([Event(1, change: document => document["unknown"] = "kept")], Cancel);
        var document = await database.GetCollection<BsonDocument>("watch_events").Find(new BsonDocument()).SingleAsync(Cancel);

        Assert.Equal(BsonBinarySubType.UuidStandard, document["_id"].AsBsonBinaryData.SubType);
        Assert.Equal(Id(1), document["_id"].AsGuid);
        Assert.Equal(BsonType.DateTime, document["occurredAt"].BsonType);
        Assert.Equal("kept", document["unknown"]);
        Assert.Equal(new BsonDocument { { "topic", "watch-events" }, { "partition", 0 }, { "offset", 1L } }, document["source"]);
    }

    [Fact]
    public async Task Indexes_serve_a_time_range_and_one_users_events_in_time()
    {
        var (_, database) = await OpenAsync();
        var indexes = await (await database.GetCollection<BsonDocument>("watch_events").Indexes.ListAsync(Cancel)).ToListAsync(Cancel);
        Assert.Equal(["_id", "occurredAt,_id", "userId,occurredAt,_id"],
            indexes.Select(index => string.Join(',', index["key"].AsBsonDocument.Names)).Order());
    }

    [Fact]
    public async Task A_duplicate_in_another_unique_index_is_a_failure_and_not_a_duplicate()
    {
        var (store, database) = await OpenAsync();
        await database.GetCollection<BsonDocument>("watch_events").Indexes.CreateOneAsync(
            new CreateIndexModel<BsonDocument>(new BsonDocument("appVersion", 1), new CreateIndexOptions { Unique = true }), cancellationToken: Cancel);
        var outcomes = await store.AppendAsync([Event(1), Event(1), Event(2, change: document => document["appVersion"] = "9")], Cancel);
        var others = await store.AppendAsync([Event(3)], Cancel);

        Assert.Equal([AppendStatus.Stored, AppendStatus.Duplicate, AppendStatus.Stored], outcomes.Select(outcome => outcome.Status));
        Assert.Equal(AppendStatus.Failed, Assert.Single(others).Status);
        Assert.Equal(2, await store.CountAsync(Start, Start.AddYears(1), Cancel));
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_an_outage_within_seconds()
    {
        var store = new MongoEventStore(DocumentDatabase.Open("mongodb://127.0.0.1:1/nowhere"));
        await Assert.ThrowsAsync<EventStoreUnavailableException>(() => store.AppendAsync([Event(1)], Cancel));
        await Assert.ThrowsAsync<EventStoreUnavailableException>(async () => await store.ReadUserAsync(1, Cancel).CountAsync(Cancel));
    }

    private static async Task<(MongoEventStore Store, IMongoDatabase Database)> OpenAsync()
    {
        var database = DocumentDatabase.Open(await TestServers.MongoAsync());
        var store = new MongoEventStore(database);
        await store.PrepareAsync(Cancel);
        return (store, database);
    }
}
