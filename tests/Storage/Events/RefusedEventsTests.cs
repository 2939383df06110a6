using System.Text;
using MongoDB.Bson;
using MongoDB.Driver;
using Pipeline.Servers;
using Pipeline.Storage.Events;

namespace Pipeline.Storage.Tests.Events;

[Trait("speed", "server")]
public sealed class RefusedEventsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_position_is_kept_once_as_the_contract_says()
    {
        var database = DocumentDatabase.Open(await TestServers.MongoAsync());
        var store = new MongoRefusedEvents(database);
        var at = new DateTimeOffset(2026, 11, 22, 9, 0, 0, TimeSpan.FromHours(9));
        var first = new RefusedEvent(new SourcePosition("watch-events", 3, 17), Encoding.UTF8.GetBytes("{broken"), "not_json", "at byte 7", at);
        await store.KeepAsync([], Cancel);
        await store.KeepAsync([first, first with { Source = new SourcePosition("watch-events", 3, 18) }], Cancel);
        await store.KeepAsync([first with { Detail = "seen again" }], Cancel);

        var kept = await database.GetCollection<BsonDocument>("refused_events").Find(new BsonDocument()).Sort(new BsonDocument("_id", 1)).ToListAsync(Cancel);
        Assert.Equal(["watch-events/3/17", "watch-events/3/18"], kept.Select(document => document["_id"].AsString));
        Assert.Equal("{broken", Encoding.UTF8.GetString(kept[0]["raw"].AsByteArray));
        Assert.Equal(("not_json", "seen again"), (kept[0]["reason"].AsString, kept[0]["detail"].AsString));
        Assert.Equal(at.UtcDateTime, kept[0]["refusedAt"].ToUniversalTime());
    }
}
