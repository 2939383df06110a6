using System.Text;
using MongoDB.Bson;
using MongoDB.Driver;
using Pipeline.Servers;
using Pipeline.Storage.Erasure;
using Pipeline.Storage.Events;

namespace Pipeline.Storage.Tests.Erasure;

/// <summary>Refused events of erased members on a real server: that one was refused is kept, and nothing of what it said.</summary>
[Trait("speed", "server")]
public sealed class RefusedEventGuardTests : IAsyncLifetime
{
    private const long Erased = 42;

    private readonly string _file = Path.GetTempFileName();
    private IMongoDatabase _database = null!;
    private Tombstones _tombstones = null!;
    private MongoRefusedEvents _store = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(_file, new string('k', 32), Cancelled);
        _database = DocumentDatabase.Open(await TestServers.MongoAsync());
        _tombstones = new Tombstones(_database, ErasureKey.Read(_file), TimeProvider.System);
        _store = new MongoRefusedEvents(_database);
    }

    public ValueTask DisposeAsync()
    {
        File.Delete(_file);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task What_names_an_erased_member_is_kept_without_its_bytes()
    {
        await _tombstones.AddAsync(Erased, Cancelled);
        await _tombstones.RefreshAsync(Cancelled);
        await new RefusedEventGuard(_store, _tombstones).KeepAsync(
            [Event(0, "{\"userId\":42}"), Event(1, "{broken", member: Erased), Event(2, "{\"userId\":43}"), Event(3, "{broken", member: 43)], Cancelled);

        Assert.Equal([null, null, "{\"userId\":43}", "{broken"], await KeptAsync());
    }

    /// <summary>The tombstone comes after the batch was held against those known, as if the erasure had looked for bytes just before they were kept.</summary>
    [Fact]
    public async Task An_erasure_beside_a_write_is_seen_after_it()
    {
        var interrupted = new InterruptedStore(_store, () => _tombstones.AddAsync(Erased, Cancelled));
        await new RefusedEventGuard(interrupted, _tombstones).KeepAsync([Event(0, "{\"userId\":42}"), Event(1, "{\"userId\":43}")], Cancelled);

        Assert.Equal([null, "{\"userId\":43}"], await KeptAsync());
    }

    [Fact]
    public async Task An_erasure_finds_by_the_key_what_its_bytes_do_not_say()
    {
        await _store.KeepAsync([Event(0, "{broken", member: Erased), Event(1, "{broken", member: 43), Event(2, "42,1001,5,1600000000"), Event(3, "{\"userId\":43}")], Cancelled);
        long found = 0;
        await new RefusedEventDesk(_database).ForgetMemberAsync(
            Erased, many =>
            {
                found = many;
                return Task.CompletedTask;
            }, Cancelled);

        Assert.Equal(2, found);
        Assert.Equal([null, "{broken", null, "{\"userId\":43}"], await KeptAsync());
        Assert.Equal(1, await Refused.CountDocumentsAsync(new BsonDocument("member", new BsonDocument("$exists", true)), cancellationToken: Cancelled));
    }

    private IMongoCollection<BsonDocument> Refused => _database.GetCollection<BsonDocument>("refused_events");

    private static RefusedEvent Event(long offset, string raw, long? member = null) =>
        new(new SourcePosition("watch-events", 0, offset), Encoding.UTF8.GetBytes(raw), "not_json", "at byte 1", DateTimeOffset.UnixEpoch, member);

    /// <summary>The bytes by position; null where none are kept and nobody is named.</summary>
    private async Task<string?[]> KeptAsync()
    {
        var kept = await Refused.Find(new BsonDocument()).Sort(new BsonDocument("_id", 1)).ToListAsync(Cancelled);
        Assert.All(kept, refused => Assert.Equal("not_json", refused["reason"].AsString));
        return [.. kept.Select(refused => refused["raw"].AsByteArray is { Length: > 0 } raw ? Encoding.UTF8.GetString(raw) : refused.Contains("member") ? "a name" : null)];
    }

    /// <summary>Something happens between the write and its answer.</summary>
    private sealed class InterruptedStore(IRefusedEventStore inner, Func<Task> happens) : IRefusedEventStore
    {
        public async Task KeepAsync(IReadOnlyList<RefusedEvent> batch, CancellationToken cancellationToken)
        {
            await inner.KeepAsync(batch, cancellationToken);
            await happens();
        }
    }
}
