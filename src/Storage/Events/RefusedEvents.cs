using MongoDB.Bson;
using MongoDB.Driver;
using Pipeline.Storage.Erasure;

namespace Pipeline.Storage.Events;

/// <summary>An event that was refused, as it came.</summary>
/// <param name="Source">Where it stood; its text is the document's <c>_id</c>.</param>
/// <param name="Raw">Nothing where the member was erased.</param>
/// <param name="Code">One of the contract's refusal codes.</param>
/// <param name="Detail">What was wrong, without personal data.</param>
/// <param name="Member">Whom its key in Kafka names: bytes that cannot be read do not say. Null where it names nobody.</param>
public readonly record struct RefusedEvent(
    SourcePosition Source, ReadOnlyMemory<byte> Raw, string Code, string Detail, DateTimeOffset RefusedAt, long? Member = null)
{
    /// <summary>Whether bytes that were refused name this member, as far as they can be read.</summary>
    public static bool IsOf(ReadOnlyMemory<byte> raw, long member) => NamedMembers.In(raw).Contains(member);

    /// <summary>Whether it names somebody who was erased.</summary>
    public bool Names(ErasedSet erased)
    {
        ArgumentNullException.ThrowIfNull(erased);
        return erased.Count > 0 && (Member is { } member && erased.Contains(member) || NamedMembers.In(Raw).Any(erased.Contains));
    }

    /// <summary>That it was refused, where and why, and nothing of what it said.</summary>
    public RefusedEvent Forgotten() => this with { Raw = default, Member = null };
}

/// <summary>Keeps refused events for whoever asks why one is missing.</summary>
public interface IRefusedEventStore
{
    /// <summary>Keeps each once per source position; one that comes again replaces what was there.</summary>
    /// <exception cref="EventStoreUnavailableException">The store cannot be reached or cannot acknowledge: send the batch again later.</exception>
    Task KeepAsync(IReadOnlyList<RefusedEvent> batch, CancellationToken cancellationToken);
}

/// <summary>Collection <c>refused_events</c>.</summary>
public sealed class MongoRefusedEvents(IMongoDatabase database, TimeProvider? time = null) : IRefusedEventStore
{
    private static readonly TimeSpan WriteDeadline = TimeSpan.FromSeconds(30);
    private static readonly BulkWriteOptions Unordered = new() { IsOrdered = false };

    private readonly IMongoCollection<BsonDocument> _refused =
        database.GetCollection<BsonDocument>(DocumentDatabase.RefusedEvents).WithWriteConcern(DocumentDatabase.Durable);

    public async Task KeepAsync(IReadOnlyList<RefusedEvent> batch, CancellationToken cancellationToken)
    {
        if (batch.Count == 0)
            return;
        var writes = batch.Select(Upsert).ToList();
        await StoreOutage.GuardAsync(
            token => _refused.BulkWriteAsync(writes, Unordered, token), WriteDeadline, time ?? TimeProvider.System, cancellationToken);
    }

    private static ReplaceOneModel<BsonDocument> Upsert(RefusedEvent refused)
    {
        var id = refused.Source.ToString();
        var document = new BsonDocument
        {
            { "_id", id },
            { "raw", new BsonBinaryData(refused.Raw.ToArray()) },
            { "reason", refused.Code },
            { "detail", refused.Detail },
            { "refusedAt", refused.RefusedAt.UtcDateTime },
        };
        if (refused.Member is { } member)
            document.Add("member", member);
        return new ReplaceOneModel<BsonDocument>(new BsonDocument("_id", id), document) { IsUpsert = true };
    }
}

/// <summary>The twin without a server.</summary>
public sealed class InMemoryRefusedEvents : IRefusedEventStore
{
    private readonly Dictionary<SourcePosition, RefusedEvent> _refused = [];

    public IReadOnlyCollection<RefusedEvent> Kept
    {
        get
        {
            lock (_refused)
                return [.. _refused.Values];
        }
    }

    public Task KeepAsync(IReadOnlyList<RefusedEvent> batch, CancellationToken cancellationToken)
    {
        lock (_refused)
        {
            foreach (var refused in batch)
                _refused[refused.Source] = refused with { Raw = refused.Raw.ToArray() };
        }
        return Task.CompletedTask;
    }
}
