using MongoDB.Bson;
using MongoDB.Driver;
using Pipeline.Storage.Events;

namespace Pipeline.Storage.Erasure;

/// <summary>Who was erased, for those who must not bring them back.</summary>
public interface IErasedMembers
{
    /// <summary>As they were last read; nobody before the first time.</summary>
    ErasedSet Known { get; }

    /// <summary>Reads them again where there are others than known: one small read where there are not.</summary>
    /// <returns>The same object as before where nothing has changed.</returns>
    /// <exception cref="EventStoreUnavailableException">The store does not answer.</exception>
    /// <exception cref="ErasureKeyException">Members were erased under a key that this process does not have.</exception>
    Task<ErasedSet> RefreshAsync(CancellationToken cancellationToken);
}

/// <summary>Nobody ever.</summary>
public sealed class NobodyErased : IErasedMembers
{
    public static NobodyErased Instance { get; } = new();

    public ErasedSet Known => ErasedSet.Empty;

    public Task<ErasedSet> RefreshAsync(CancellationToken cancellationToken) => Task.FromResult(ErasedSet.Empty);
}

/// <summary>
/// Collection <c>erased_members</c>: a digest for each, kept for good, and one document that counts the changes. The count is raised after
/// the digest is there, so who finds it unchanged after a write knows that the member was not erased when the write was made.
/// </summary>
/// <param name="key">Null where none is named: nobody can be erased, and it is an error if somebody was.</param>
public sealed class Tombstones(IMongoDatabase database, ErasureKey? key, TimeProvider time) : IErasedMembers
{
    private const string State = "state";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly IMongoCollection<BsonDocument> _members = database.GetCollection<BsonDocument>(DocumentDatabase.ErasedMembers)
        .WithWriteConcern(DocumentDatabase.Durable).WithReadConcern(ReadConcern.Majority).WithReadPreference(ReadPreference.Primary);

    private volatile ErasedSet _known = ErasedSet.Empty;

    public ErasedSet Known => _known;

    /// <exception cref="ErasureKeyException">There is no key.</exception>
    public byte[] Digest(long member) =>
        (key ?? throw new ErasureKeyException($"{ErasureKey.FileVariable} is not set: expected the file with the key of erasures")).Digest(member);

    /// <summary>Remembers a member as erased. Repeatable.</summary>
    public Task AddAsync(long member, CancellationToken cancellationToken) => StoreOutage.GuardAsync(
        async token =>
        {
            var digest = new BsonBinaryData(Digest(member));
            CheckKey(await _members.Find(new BsonDocument("_id", State)).FirstOrDefaultAsync(token));
            var upsert = new UpdateOptions { IsUpsert = true };
            await _members.UpdateOneAsync(
                new BsonDocument("_id", digest), new BsonDocument("$setOnInsert", new BsonDocument("erasedAt", time.GetUtcNow().UtcDateTime)), upsert, token);
            await _members.UpdateOneAsync(
                new BsonDocument("_id", State),
                new BsonDocument { { "$inc", new BsonDocument("version", 1L) }, { "$setOnInsert", new BsonDocument("check", new BsonBinaryData(Digest(0))) } },
                upsert, token);
            return true;
        }, Patience, time, cancellationToken);

    public Task<ErasedSet> RefreshAsync(CancellationToken cancellationToken) => StoreOutage.GuardAsync(
        async token =>
        {
            var state = await _members.Find(new BsonDocument("_id", State)).FirstOrDefaultAsync(token);
            if (state is null)
                return _known;
            long version = state["version"].ToInt64();
            if (version == _known.Version)
                return _known;
            CheckKey(state);
            var digests = await _members.Find(new BsonDocument("_id", new BsonDocument("$ne", State)))
                .Project(new BsonDocument("_id", 1)).ToListAsync(token);
            return _known = new ErasedSet(key, version, digests.Select(digest => digest["_id"].AsByteArray));
        }, Patience, time, cancellationToken);

    private void CheckKey(BsonDocument? state)
    {
        if (state is not null && !state["check"].AsByteArray.AsSpan().SequenceEqual(Digest(0)))
            throw new ErasureKeyException($"{ErasureKey.FileVariable} names another key than the one that members were erased under");
    }
}
