using MongoDB.Bson;
using MongoDB.Driver;

namespace Pipeline.Storage.Events;

/// <summary>A refused event as people look at it.</summary>
/// <param name="Id">Topic, partition and offset, with slashes between.</param>
/// <param name="ReplayBy">Who wants it sent once more; null where nobody does.</param>
/// <param name="ReplayedAt">When an ingest worker did; null where none has yet.</param>
public sealed record RefusedRecord(
    string Id, byte[] Raw, string Code, string Detail, DateTime RefusedAt, string? ReplayBy, DateTime? ReplayedAt)
{
    /// <summary>Whether its bytes are kept, and nobody waits for it to be sent.</summary>
    public bool CanBeReplayed { get; init; }
}

/// <summary>
/// Collection <c>refused_events</c> as people use it: they look, and wish that an event be sent once more. Ingest workers, who alone know
/// Kafka, serve the wishes. A wish that is served twice does no harm: an event counts once by its id.
/// </summary>
public sealed class RefusedEventDesk(IMongoDatabase database)
{
    private const int IdsPerUpdate = 1_000;
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    /// <summary>Of an erased member.</summary>
    private static readonly BsonBinaryData NoBytes = new([]);

    private readonly IMongoCollection<BsonDocument> _refused = database.GetCollection<BsonDocument>(DocumentDatabase.RefusedEvents);

    /// <summary>How many were refused since, by code, the most frequent first.</summary>
    public async Task<IReadOnlyList<KeyValuePair<string, long>>> CountAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        var rows = await _refused.Aggregate<BsonDocument>(new[]
        {
            new BsonDocument("$match", new BsonDocument("refusedAt", new BsonDocument("$gte", since.UtcDateTime))),
            new BsonDocument("$group", new BsonDocument { { "_id", "$reason" }, { "count", new BsonDocument("$sum", 1) } }),
        }, cancellationToken: cancellationToken).ToListAsync(cancellationToken);
        return [.. rows.Select(row => KeyValuePair.Create(row["_id"].AsString, row["count"].ToInt64())).OrderByDescending(row => row.Value).ThenBy(row => row.Key, StringComparer.Ordinal)];
    }

    /// <summary>The newest first.</summary>
    /// <param name="code">Null for all.</param>
    /// <param name="before">Only those refused earlier.</param>
    public async Task<IReadOnlyList<RefusedRecord>> SearchAsync(string? code, DateTimeOffset before, int most, CancellationToken cancellationToken)
    {
        var filter = new BsonDocument("refusedAt", new BsonDocument("$lt", before.UtcDateTime));
        if (code is not null)
            filter.Add("reason", code);
        var found = await _refused.Find(filter).Sort(new BsonDocument { { "refusedAt", -1 }, { "_id", -1 } }).Limit(most).ToListAsync(cancellationToken);
        return [.. found.Select(ToRecord)];
    }

    public async Task<RefusedRecord?> FindAsync(string id, CancellationToken cancellationToken) =>
        await _refused.Find(new BsonDocument("_id", id)).FirstOrDefaultAsync(cancellationToken) is { } found ? ToRecord(found) : null;

    /// <summary>Wishes that an event be sent once more.</summary>
    /// <returns>False: there is no such event, its bytes are not kept, or somebody wishes it already.</returns>
    public async Task<bool> WantReplayAsync(string id, string by, CancellationToken cancellationToken)
    {
        var result = await _refused.UpdateOneAsync(
            new BsonDocument { { "_id", id }, { "replay.open", new BsonDocument("$ne", true) }, { "raw", new BsonDocument("$ne", NoBytes) } },
            new BsonDocument("$set", new BsonDocument("replay", new BsonDocument { { "by", by }, { "open", true }, { "takenUntil", DateTime.UnixEpoch } })),
            cancellationToken: cancellationToken);
        return result.ModifiedCount == 1;
    }

    /// <summary>Takes the next wish, for a minute; null where there is none.</summary>
    public async Task<RefusedRecord?> TakeReplayAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var taken = await _refused.FindOneAndUpdateAsync<BsonDocument>(
            new BsonDocument { { "replay.open", true }, { "replay.takenUntil", new BsonDocument("$lt", now.UtcDateTime) } },
            new BsonDocument("$set", new BsonDocument("replay.takenUntil", (now + Lease).UtcDateTime)), cancellationToken: cancellationToken);
        return taken is null ? null : ToRecord(taken);
    }

    /// <summary>Writes down that the event was sent.</summary>
    public Task ReplayedAsync(string id, DateTimeOffset now, CancellationToken cancellationToken) => _refused.UpdateOneAsync(
        new BsonDocument("_id", id), new BsonDocument("$set", new BsonDocument { { "replay.open", false }, { "replay.at", now.UtcDateTime } }),
        cancellationToken: cancellationToken);

    /// <summary>Deletes the bytes of a member's refused events; that they were refused, where and why, stays. Reads all that were ever refused.</summary>
    /// <returns>How many there were, which is told before they are deleted.</returns>
    public async Task<long> ForgetMemberAsync(long member, Func<long, Task> found, CancellationToken cancellationToken)
    {
        var ids = new List<BsonValue>();
        using (var cursor = await _refused.Find(new BsonDocument("raw", new BsonDocument("$ne", NoBytes)))
            .Project(new BsonDocument { { "raw", 1 }, { "member", 1 } }).ToCursorAsync(cancellationToken))
        {
            while (await cursor.MoveNextAsync(cancellationToken))
                ids.AddRange(cursor.Current.Where(refused => IsOf(refused, member)).Select(refused => refused["_id"]));
        }
        await found(ids.Count);
        foreach (var some in ids.Chunk(IdsPerUpdate))
            await _refused.UpdateManyAsync(
                new BsonDocument("_id", new BsonDocument("$in", new BsonArray(some))),
                new BsonDocument { { "$set", new BsonDocument("raw", NoBytes) }, { "$unset", new BsonDocument { { "replay", 1 }, { "member", 1 } } } }, cancellationToken: cancellationToken);
        return ids.Count;
    }

    private static bool IsOf(BsonDocument refused, long member) =>
        refused.GetValue("member", BsonNull.Value) == member || RefusedEvent.IsOf(refused["raw"].AsByteArray, member);

    private static RefusedRecord ToRecord(BsonDocument document)
    {
        var replay = document.GetValue("replay", BsonNull.Value) as BsonDocument;
        byte[] raw = document["raw"].AsBsonBinaryData.Bytes;
        return new RefusedRecord(
            document["_id"].AsString, raw, document["reason"].AsString, document["detail"].AsString,
            document["refusedAt"].ToUniversalTime(), replay?["by"].AsString, replay?.GetValue("at", BsonNull.Value).ToNullableUniversalTime())
        {
            CanBeReplayed = raw.Length > 0 && replay?.GetValue("open", false) != true,
        };
    }
}
