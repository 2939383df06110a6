using System.Text.Json;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Pipeline.Storage.Events;

/// <summary>An event that was refused, as it came.</summary>
/// <param name="Source">Where it stood; its text is the document's <c>_id</c>.</param>
/// <param name="Raw">Nothing where the member was erased.</param>
/// <param name="Code">One of the contract's refusal codes.</param>
/// <param name="Detail">What was wrong, without personal data.</param>
public readonly record struct RefusedEvent(SourcePosition Source, ReadOnlyMemory<byte> Raw, string Code, string Detail, DateTimeOffset RefusedAt)
{
    /// <summary>Whether bytes that were refused name this member, as far as they can be read.</summary>
    public static bool IsOf(ReadOnlySpan<byte> raw, long member)
    {
        try
        {
            var reader = new Utf8JsonReader(raw);
            bool named = false;
            while (reader.Read())
            {
                if (named && (reader.TokenType == JsonTokenType.Number ? reader.TryGetInt64(out long id) && id == member
                    : reader.TokenType == JsonTokenType.String && long.TryParse(reader.GetString(), out id) && id == member))
                    return true;
                named = reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("userId"u8);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // What is no JSON from here on names nobody from here on.
        }
        return false;
    }
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
