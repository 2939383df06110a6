using MongoDB.Bson;
using MongoDB.Driver;

namespace Pipeline.Storage.Events;

/// <summary>The event store on MongoDB, or on anything that speaks its protocol.</summary>
public sealed class MongoEventStore : IEventStore
{
    private const int EventsPerRead = 10_000;

    // Also bounds how long an ingest worker can be away from its broker.
    private static readonly TimeSpan WriteDeadline = TimeSpan.FromSeconds(30);

    private static readonly BsonDocument ByTime = new() { { "occurredAt", 1 }, { "_id", 1 } };
    private static readonly BsonDocument NewestFirst = new() { { "occurredAt", -1 }, { "_id", -1 } };
    private static readonly BsonDocument ByUserAndTime = new() { { "userId", 1 }, { "occurredAt", 1 }, { "_id", 1 } };

    private readonly IMongoDatabase _database;
    private readonly IMongoCollection<RawBsonDocument> _events;
    private readonly EventInserts _inserts;
    private readonly TimeProvider _time;

    /// <param name="database">From <see cref="DocumentDatabase.Open"/>, which bounds the driver's waits.</param>
    public MongoEventStore(IMongoDatabase database, TimeProvider? time = null)
    {
        _database = database;
        _time = time ?? TimeProvider.System;
        _events = database.GetCollection<RawBsonDocument>(DocumentDatabase.WatchEvents)
            .WithWriteConcern(DocumentDatabase.Durable)
            .WithReadConcern(ReadConcern.Majority)
            .WithReadPreference(ReadPreference.Primary);
        _inserts = new EventInserts(_events);
    }

    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        // An index over many events takes its time: no deadline, only the caller's patience.
        await StoreOutage.GuardAsync(async token =>
        {
            await DocumentDatabase.CreateIndexesAsync(_database, token);
            return true;
        }, Timeout.InfiniteTimeSpan, _time, cancellationToken);
    }

    public Task<IReadOnlyList<AppendOutcome>> AppendAsync(IReadOnlyList<EventDocument> batch, CancellationToken cancellationToken)
    {
        EventDocuments.CheckSize(batch);
        return StoreOutage.GuardAsync(token => _inserts.AppendAsync(batch, token), WriteDeadline, _time, cancellationToken);
    }

    public IAsyncEnumerable<StoredEvent> ReadAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        FindAsync(InRange(from, to), ByTime, EventDecoder.Fields, cancellationToken);

    public IAsyncEnumerable<StoredEvent> ReadUserAsync(long userId, CancellationToken cancellationToken) =>
        FindAsync(new BsonDocument("userId", userId), ByUserAndTime, EventDecoder.Fields, cancellationToken);

    public IAsyncEnumerable<UserContentTotal> AggregateAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        UserContentFold.SumAsync(
            FindAsync(InRange(from, to), ByUserAndTime, EventDecoder.SummedFields, cancellationToken), cancellationToken);

    public Task<long> DeleteUserAsync(long userId, CancellationToken cancellationToken) =>
        StoreOutage.GuardAsync(
            async token => (await _events.DeleteManyAsync(new BsonDocument("userId", userId), token)).DeletedCount,
            Timeout.InfiniteTimeSpan, _time, cancellationToken);

    public Task<long> CountAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        StoreOutage.GuardAsync(
            token => _events.CountDocumentsAsync(InRange(from, to), cancellationToken: token),
            Timeout.InfiniteTimeSpan, _time, cancellationToken);

    public Task<DateTime?> NewestAsync(CancellationToken cancellationToken) =>
        StoreOutage.GuardAsync(async token =>
        {
            var options = new FindOptions<RawBsonDocument, RawBsonDocument> { Sort = NewestFirst, Limit = 1, Projection = new BsonDocument("occurredAt", 1) };
            using var found = await _events.FindAsync(new BsonDocument(), options, token);
            return (await found.FirstOrDefaultAsync(token))?["occurredAt"].ToUniversalTime();
        }, Timeout.InfiniteTimeSpan, _time, cancellationToken);

    private IAsyncEnumerable<StoredEvent> FindAsync(
        BsonDocument filter, BsonDocument order, BsonDocument fields, CancellationToken cancellationToken)
    {
        var serializer = new RawSerializer<StoredEvent>(new EventDecoder().Decode);
        var options = new FindOptions<RawBsonDocument, StoredEvent>
        {
            Sort = order,
            BatchSize = EventsPerRead,
            AllowDiskUse = true,
            Projection = new BsonDocumentProjectionDefinition<RawBsonDocument, StoredEvent>(fields, serializer),
        };
        return StoreOutage.GuardAsync(() => _events.FindAsync(filter, options, cancellationToken), cancellationToken);
    }

    private static BsonDocument InRange(DateTimeOffset from, DateTimeOffset to) =>
        new("occurredAt", new BsonDocument { { "$gte", new BsonDateTime(Ceiling(from)) }, { "$lt", new BsonDateTime(Ceiling(to)) } });

    // Stored times are whole milliseconds, so a bound between two of them is the later one.
    private static long Ceiling(DateTimeOffset bound)
    {
        var milliseconds = bound.ToUnixTimeMilliseconds();   // rounded down, before 1970 too
        return bound.UtcTicks % TimeSpan.TicksPerMillisecond == 0 ? milliseconds : milliseconds + 1;
    }
}
