using MongoDB.Bson;
using MongoDB.Driver;

namespace Pipeline.Storage.Events;

/// <summary>Collection <c>ingest_ledger</c>: one document per partition, <c>_id</c> "topic/partition".</summary>
public sealed class MongoIngestLedger(IMongoDatabase database, TimeProvider? time = null) : IIngestLedger
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly BulkWriteOptions Unordered = new() { IsOrdered = false };

    private readonly IMongoCollection<BsonDocument> _ledger = database.GetCollection<BsonDocument>(DocumentDatabase.IngestLedger)
        .WithWriteConcern(DocumentDatabase.Durable)
        .WithReadConcern(ReadConcern.Majority)
        .WithReadPreference(ReadPreference.Primary);

    public Task<LedgerEntry> OpenAsync(string topic, int partition, CancellationToken cancellationToken) =>
        GuardAsync(token => OpenEntryAsync(topic, partition, token), cancellationToken);

    public Task<LedgerEntry> BeginEpochAsync(LedgerEntry from, CancellationToken cancellationToken) =>
        GuardAsync(async token =>
        {
            var begin = new BsonDocument { { "$inc", new BsonDocument("epoch", 1) }, { "$set", new BsonDocument("offset", -1L) } };
            await _ledger.UpdateOneAsync(StandsAt(from), begin, cancellationToken: token);
            return await OpenEntryAsync(from.Topic, from.Partition, token);
        }, cancellationToken);

    public Task<IReadOnlyList<LedgerEntry>> AdvanceAsync(IReadOnlyList<LedgerAdvance> steps, CancellationToken cancellationToken) =>
        GuardAsync(token => TakeAsync(steps, token), cancellationToken);

    public Task<IReadOnlyList<LedgerEntry>> ReadAsync(CancellationToken cancellationToken) =>
        GuardAsync<IReadOnlyList<LedgerEntry>>(async token =>
        {
            var documents = await _ledger.Find(new BsonDocument()).ToListAsync(token);
            return [.. documents.Select(Entry).OrderBy(entry => entry.Topic, StringComparer.Ordinal).ThenBy(entry => entry.Partition)];
        }, cancellationToken);

    private async Task<IReadOnlyList<LedgerEntry>> TakeAsync(IReadOnlyList<LedgerAdvance> steps, CancellationToken cancellationToken)
    {
        if (steps.Count == 0)
            return [];
        var updates = steps.Select(step => new UpdateOneModel<BsonDocument>(StandsAt(step.From), Update(step)));
        var result = await _ledger.BulkWriteAsync(updates, Unordered, cancellationToken);
        if (result.MatchedCount == steps.Count)
            return [.. steps.Select(step => step.Result)];

        var ids = new BsonArray(steps.Select(step => Id(step.From.Topic, step.From.Partition)));
        var found = await _ledger.Find(new BsonDocument("_id", new BsonDocument("$in", ids))).ToListAsync(cancellationToken);
        var entries = found.Select(Entry).ToDictionary(entry => (entry.Topic, entry.Partition));
        return [.. steps.Select(step => entries[(step.From.Topic, step.From.Partition)])];
    }

    private async Task<LedgerEntry> OpenEntryAsync(string topic, int partition, CancellationToken cancellationToken)
    {
        var first = new BsonDocument
        {
            { "topic", topic }, { "partition", partition }, { "epoch", 0 }, { "offset", -1L },
            { "stored", 0L }, { "duplicates", 0L }, { "refused", 0L },
        };
        var id = new BsonDocument("_id", Id(topic, partition));
        await _ledger.UpdateOneAsync(id, new BsonDocument("$setOnInsert", first), new UpdateOptions { IsUpsert = true }, cancellationToken);
        return Entry(await _ledger.Find(id).SingleAsync(cancellationToken));
    }

    private static BsonDocument StandsAt(LedgerEntry entry) => new()
    {
        { "_id", Id(entry.Topic, entry.Partition) }, { "epoch", entry.Epoch }, { "offset", entry.Offset },
    };

    private static BsonDocument Update(LedgerAdvance step) => new()
    {
        { "$set", new BsonDocument("offset", step.Offset) },
        {
            "$inc",
            new BsonDocument
            {
                { "stored", step.Counts.Stored }, { "duplicates", step.Counts.Duplicates }, { "refused", step.Counts.Refused },
            }
        },
    };

    private static string Id(string topic, int partition) => $"{topic}/{partition}";

    private static LedgerEntry Entry(BsonDocument document) => new(
        document["topic"].AsString,
        document["partition"].ToInt32(),
        document["epoch"].ToInt32(),
        document["offset"].ToInt64(),
        new LedgerCounts(document["stored"].ToInt64(), document["duplicates"].ToInt64(), document["refused"].ToInt64()));

    private Task<T> GuardAsync<T>(Func<CancellationToken, Task<T>> operation, CancellationToken cancellationToken) =>
        StoreOutage.GuardAsync(operation, Deadline, time ?? TimeProvider.System, cancellationToken);
}
