using MongoDB.Bson;
using MongoDB.Driver;

namespace Pipeline.Storage.Events;

/// <summary>A refused event as people look at it.</summary>
/// <param name="Id">Topic, partition and offset, with slashes between.</param>
/// <param name="Head">The payload, or its first <see cref="RefusedEventDesk.HeadBytes"/>; null where a list leaves a longer one out.</param>
/// <param name="Bytes">Of the whole payload.</param>
/// <param name="ReplayBy">Who wants it sent once more; null where nobody does.</param>
/// <param name="ReplayedAt">When an ingest worker did; null where none has yet.</param>
public sealed record RefusedRecord(
    string Id, byte[]? Head, int Bytes, string Code, string Detail, DateTime RefusedAt, string? ReplayBy, DateTime? ReplayedAt)
{
    /// <summary>Whether its bytes are kept, and nobody waits for it to be sent.</summary>
    public bool CanBeReplayed { get; init; }
}

/// <summary>A refused event that is to be sent once more.</summary>
public sealed record WantedReplay(string Id, byte[] Raw, string ReplayBy);

/// <summary>Where a page of refused events ends: many are refused at one moment, so the time alone does not say.</summary>
/// <param name="Id">Null for whatever was refused earlier than the time.</param>
public readonly record struct RefusedCursor(DateTimeOffset At, string? Id = null);

/// <summary>
/// Collection <c>refused_events</c> as people use it: they look, and wish that an event be sent once more. Ingest workers, who alone know
/// Kafka, serve the wishes. A wish that is served twice does no harm: an event counts once by its id.
/// </summary>
public sealed class RefusedEventDesk(IMongoDatabase database, TimeProvider? time = null)
{
    /// <summary>Of a payload that people see.</summary>
    public const int HeadBytes = 2_000;

    /// <summary>That one wish has sent once more.</summary>
    public const int MostReplays = 10_000;

    /// <summary>A count of a day's refusals may take a while; a server that is away says nothing at all.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private const int IdsPerUpdate = 1_000;
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    /// <summary>Of an erased member.</summary>
    private static readonly BsonBinaryData NoBytes = new([]);

    /// <summary>Without the bytes of long payloads: a page of those could weigh as much as the memory of its reader.</summary>
    private static readonly BsonDocument Listed = new()
    {
        { "reason", 1 }, { "detail", 1 }, { "refusedAt", 1 }, { "replay", 1 }, { "bytes", new BsonDocument("$binarySize", "$raw") },
        {
            "raw", new BsonDocument("$cond", new BsonArray
            {
                new BsonDocument("$lte", new BsonArray { new BsonDocument("$binarySize", "$raw"), HeadBytes }), "$raw", BsonNull.Value,
            })
        },
    };

    private readonly IMongoCollection<BsonDocument> _refused = database.GetCollection<BsonDocument>(DocumentDatabase.RefusedEvents);

    /// <summary>How many were refused since, by code, the most frequent first.</summary>
    /// <exception cref="EventStoreUnavailableException">The store does not answer; so for all that follow.</exception>
    public Task<IReadOnlyList<KeyValuePair<string, long>>> CountAsync(DateTimeOffset since, CancellationToken cancellationToken) =>
        AskAsync<IReadOnlyList<KeyValuePair<string, long>>>(async token =>
        {
            var rows = await _refused.Aggregate<BsonDocument>(new[]
            {
                new BsonDocument("$match", new BsonDocument("refusedAt", new BsonDocument("$gte", since.UtcDateTime))),
                new BsonDocument("$group", new BsonDocument { { "_id", "$reason" }, { "count", new BsonDocument("$sum", 1) } }),
            }, cancellationToken: token).ToListAsync(token);
            return [.. rows.Select(row => KeyValuePair.Create(row["_id"].AsString, row["count"].ToInt64())).OrderByDescending(row => row.Value).ThenBy(row => row.Key, StringComparer.Ordinal)];
        }, cancellationToken);

    /// <summary>The newest first.</summary>
    /// <param name="code">Null for all.</param>
    /// <param name="before">Only those that come after it in this order.</param>
    public Task<IReadOnlyList<RefusedRecord>> SearchAsync(string? code, RefusedCursor before, int most, CancellationToken cancellationToken)
    {
        var at = before.At.UtcDateTime;
        var filter = before.Id is null
            ? new BsonDocument("refusedAt", new BsonDocument("$lt", at))
            : new BsonDocument
            {
                { "refusedAt", new BsonDocument("$lte", at) },
                { "$or", new BsonArray { new BsonDocument("refusedAt", new BsonDocument("$lt", at)), new BsonDocument("_id", new BsonDocument("$lt", before.Id)) } },
            };
        if (code is not null)
            filter.Add("reason", code);
        return AskAsync<IReadOnlyList<RefusedRecord>>(async token =>
        {
            var found = await _refused.Aggregate<BsonDocument>(new[]
            {
                new BsonDocument("$match", filter),
                new BsonDocument("$sort", new BsonDocument { { "refusedAt", -1 }, { "_id", -1 } }),
                new BsonDocument("$limit", most),
                new BsonDocument("$project", Listed),
            }, cancellationToken: token).ToListAsync(token);
            return [.. found.Select(document => ToRecord(document, document["raw"] as BsonBinaryData, document["bytes"].ToInt32()))];
        }, cancellationToken);
    }

    /// <summary>One, with the beginning of its payload however long that is.</summary>
    public Task<RefusedRecord?> FindAsync(string id, CancellationToken cancellationToken) => AskAsync(async token =>
    {
        if (await _refused.Find(new BsonDocument("_id", id)).FirstOrDefaultAsync(token) is not { } found)
            return null;
        byte[] raw = found["raw"].AsBsonBinaryData.Bytes;
        return ToRecord(found, raw.Length > HeadBytes ? new BsonBinaryData(raw[..HeadBytes]) : found["raw"].AsBsonBinaryData, raw.Length);
    }, cancellationToken);

    /// <summary>How many of a code, refused up to a time, nobody has had sent once more; at most one more than <see cref="MostReplays"/>.</summary>
    public Task<int> CountReplayableAsync(string code, DateTimeOffset until, CancellationToken cancellationToken) => AskAsync(async token =>
    {
        var counted = await _refused.Aggregate<BsonDocument>(new[]
        {
            new BsonDocument("$match", Replayable(code, until)), new BsonDocument("$limit", MostReplays + 1), new BsonDocument("$count", "count"),
        }, cancellationToken: token).FirstOrDefaultAsync(token);
        return counted?["count"].ToInt32() ?? 0;
    }, cancellationToken);

    /// <summary>Wishes that those be sent once more that <see cref="CountReplayableAsync"/> counts, the newest <see cref="MostReplays"/> of them.</summary>
    /// <returns>How many are wished for by this.</returns>
    public async Task<long> WantReplaysAsync(string code, DateTimeOffset until, string by, CancellationToken cancellationToken)
    {
        var ids = (await _refused.Aggregate<BsonDocument>(new[]
        {
            new BsonDocument("$match", Replayable(code, until)), new BsonDocument("$sort", new BsonDocument { { "refusedAt", -1 }, { "_id", -1 } }),
            new BsonDocument("$limit", MostReplays), new BsonDocument("$project", new BsonDocument("_id", 1)),
        }, cancellationToken: cancellationToken).ToListAsync(cancellationToken)).ConvertAll(document => document["_id"]);
        long wished = 0;
        foreach (var some in ids.Chunk(IdsPerUpdate))
        {
            var filter = Replayable(code, until).Add("_id", new BsonDocument("$in", new BsonArray(some)));
            wished += (await _refused.UpdateManyAsync(filter, Wish(by), cancellationToken: cancellationToken)).ModifiedCount;
        }
        return wished;
    }

    /// <summary>Wishes that an event be sent once more.</summary>
    /// <returns>False: there is no such event, its bytes are not kept, or somebody wishes it already.</returns>
    public async Task<bool> WantReplayAsync(string id, string by, CancellationToken cancellationToken)
    {
        var result = await _refused.UpdateOneAsync(
            new BsonDocument { { "_id", id }, { "replay.open", new BsonDocument("$ne", true) }, { "raw", new BsonDocument("$ne", NoBytes) } },
            Wish(by), cancellationToken: cancellationToken);
        return result.ModifiedCount == 1;
    }

    /// <summary>Takes the next wish, for a minute; null where there is none.</summary>
    public async Task<WantedReplay?> TakeReplayAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var taken = await _refused.FindOneAndUpdateAsync<BsonDocument>(
            new BsonDocument { { "replay.open", true }, { "replay.takenUntil", new BsonDocument("$lt", now.UtcDateTime) } },
            new BsonDocument("$set", new BsonDocument("replay.takenUntil", (now + Lease).UtcDateTime)), cancellationToken: cancellationToken);
        return taken is null ? null : new WantedReplay(taken["_id"].AsString, taken["raw"].AsBsonBinaryData.Bytes, taken["replay"]["by"].AsString);
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

    /// <summary>Of those whose bytes are kept, that nobody wishes for and that were not sent before.</summary>
    private static BsonDocument Replayable(string code, DateTimeOffset until) => new()
    {
        { "reason", code }, { "refusedAt", new BsonDocument("$lte", until.UtcDateTime) }, { "replay", new BsonDocument("$exists", false) },
        { "raw", new BsonDocument("$ne", NoBytes) },
    };

    private static BsonDocument Wish(string by) =>
        new("$set", new BsonDocument("replay", new BsonDocument { { "by", by }, { "open", true }, { "takenUntil", DateTime.UnixEpoch } }));

    private Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken) =>
        StoreOutage.GuardAsync(ask, Patience, time ?? TimeProvider.System, cancellationToken);

    private static RefusedRecord ToRecord(BsonDocument document, BsonBinaryData? head, int bytes)
    {
        var replay = document.GetValue("replay", BsonNull.Value) as BsonDocument;
        return new RefusedRecord(
            document["_id"].AsString, head?.Bytes, bytes, document["reason"].AsString, document["detail"].AsString,
            document["refusedAt"].ToUniversalTime(), replay?["by"].AsString, replay?.GetValue("at", BsonNull.Value).ToNullableUniversalTime())
        {
            CanBeReplayed = bytes > 0 && replay?.GetValue("open", false) != true,
        };
    }
}
