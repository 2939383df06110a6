using MongoDB.Bson;
using MongoDB.Driver;

namespace Pipeline.Storage.Events;

/// <summary>The document database: how it is opened, its collections, and all of their indexes.</summary>
public static class DocumentDatabase
{
    /// <summary>The contract's database, used where the address names none.</summary>
    public const string DefaultName = "coupang_play";

    public const string WatchEvents = "watch_events";
    public const string RefusedEvents = "refused_events";
    public const string IngestLedger = "ingest_ledger";
    public const string ErasedMembers = "erased_members";

    /// <summary>Acknowledged by a majority, from its journal; the wait is bounded, and running out of it is not an acknowledgement.</summary>
    public static readonly WriteConcern Durable = WriteConcern.WMajority.With(journal: true, wTimeout: TimeSpan.FromSeconds(15));

    /// <summary>Those that streams and pages are read by end with <c>_id</c>, so that their order is total and comes out of the index without a sort.</summary>
    private static readonly (string Collection, string Name, BsonDocument Keys)[] Indexes =
    [
        (WatchEvents, "time", new() { { "occurredAt", 1 }, { "_id", 1 } }),
        (WatchEvents, "user_time", new() { { "userId", 1 }, { "occurredAt", 1 }, { "_id", 1 } }),
        (RefusedEvents, "refused_at", new() { { "refusedAt", -1 }, { "_id", -1 } }),
        (RefusedEvents, "reason_refused_at", new() { { "reason", 1 }, { "refusedAt", -1 }, { "_id", -1 } }),
        (RefusedEvents, "replay", new() { { "replay.open", 1 }, { "replay.takenUntil", 1 } }),
    ];

    /// <summary>Opens without connecting; a server that does not answer is found out within about 5 seconds of the first use.</summary>
    /// <param name="uri">A <c>mongodb://</c> address. The time-outs that it gives go before those of here.</param>
    public static IMongoDatabase Open(string uri)
    {
        var url = MongoUrl.Create(uri);
        var settings = MongoClientSettings.FromUrl(url);
        if (!Gives("serverSelectionTimeout"))
            settings.ServerSelectionTimeout = TimeSpan.FromSeconds(5);
        if (!Gives("connectTimeout"))
            settings.ConnectTimeout = TimeSpan.FromSeconds(5);
        // Long enough for an aggregation over a year of events; writes have a deadline of their own.
        if (!Gives("socketTimeout"))
            settings.SocketTimeout = TimeSpan.FromMinutes(10);
        settings.ApplicationName ??= "pipeline";
        return new MongoClient(settings).GetDatabase(url.DatabaseName ?? DefaultName);

        bool Gives(string option) => uri.Contains(option + "MS=", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Creates the indexes that are missing.</summary>
    internal static async Task CreateIndexesAsync(IMongoDatabase database, CancellationToken cancellationToken)
    {
        foreach (var group in Indexes.GroupBy(index => index.Collection))
        {
            var models = group.Select(index => new CreateIndexModel<BsonDocument>(index.Keys, new CreateIndexOptions { Name = index.Name }));
            await database.GetCollection<BsonDocument>(group.Key).Indexes.CreateManyAsync(models, cancellationToken);
        }
    }
}
