using MongoDB.Bson;
using MongoDB.Driver;
using Pipeline.Storage.Events;

namespace Pipeline.Ingest.Tests.Worker;

/// <summary>What workers in processes of their own have left in the document store.</summary>
internal static class StoredOutcome
{
    public static async Task<LedgerCounts> CountsAsync(MongoIngestLedger ledger) =>
        (await ledger.ReadAsync(TestContext.Current.CancellationToken)).Aggregate(default(LedgerCounts), (sum, entry) => sum + entry.Counts);

    /// <summary>Nothing lost, nothing counted twice, and a dead letter for all that was refused.</summary>
    public static async Task AssertExactAsync(EventLines lines, string mongo, KafkaTopics topics)
    {
        var database = DocumentDatabase.Open(mongo);
        Assert.Equal(new LedgerCounts(lines.Stored, lines.Duplicates, lines.Refused), await CountsAsync(new MongoIngestLedger(database)));
        var stored = await database.GetCollection<BsonDocument>("watch_events")
            .Find(new BsonDocument()).Project(new BsonDocument("_id", 1)).ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal(lines.Ids.Order(), stored.Select(document => document["_id"].AsBsonBinaryData.ToGuid(GuidRepresentation.Standard)).Order());
        var refused = await database.GetCollection<BsonDocument>("refused_events").Find(new BsonDocument()).ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal(refused.Select(document => document["_id"].AsString).Order(), topics.DeadLetters().Select(KafkaTopics.SourceOf).Distinct().Order());
        Assert.Equal(lines.Refused, refused.Count);
    }
}
