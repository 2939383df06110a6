using MongoDB.Driver;
using Pipeline.Servers;
using Pipeline.Storage.Erasure;
using Pipeline.Storage.Events;
using static Pipeline.Storage.Tests.Events.SampleEvents;

namespace Pipeline.Storage.Tests.Erasure;

/// <summary>An event store whose erased members stay erased, whatever comes when.</summary>
[Trait("speed", "server")]
public sealed class ErasureGuardTests : IAsyncLifetime
{
    private const long Erased = 7;

    private readonly string _file = Path.GetTempFileName();
    private IMongoDatabase _database = null!;
    private MongoEventStore _store = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(_file, new string('k', 32), Cancelled);
        _database = DocumentDatabase.Open(await TestServers.MongoAsync());
        _store = new MongoEventStore(_database);
        await _store.PrepareAsync(Cancelled);
    }

    public ValueTask DisposeAsync()
    {
        File.Delete(_file);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Nothing_of_an_erased_member_is_taken_or_shown_and_everything_of_others_is()
    {
        var (tombstones, guard) = (Tombstones(), new ErasureGuard(_store, Tombstones()));
        await guard.PrepareAsync(Cancelled);
        Assert.Equal(AppendStatus.Stored, Assert.Single(await guard.AppendAsync([Event(1, user: Erased)], Cancelled)).Status);

        await tombstones.AddAsync(Erased, Cancelled);
        await tombstones.AddAsync(Erased, Cancelled);
        // What is there still, because the erasure is on its way, is shown to nobody.
        Assert.Equal(0, await guard.ReadUserAsync(Erased, Cancelled).CountAsync(Cancelled));
        Assert.Equal(0, await guard.ReadAsync(Start, Start.AddDays(1), Cancelled).CountAsync(Cancelled));
        Assert.Equal(0, await guard.AggregateAsync(Start, Start.AddDays(1), Cancelled).CountAsync(Cancelled));

        var outcomes = await guard.AppendAsync([Event(2), Event(3, user: Erased), Event(2), Event(4, user: 8)], Cancelled);
        Assert.Equal([AppendStatus.Stored, AppendStatus.Erased, AppendStatus.Duplicate, AppendStatus.Stored], outcomes.Select(outcome => outcome.Status));
        Assert.Equal(2, await _store.CountAsync(Start, Start.AddDays(1), Cancelled));
        Assert.Equal(0, await _store.ReadUserAsync(Erased, Cancelled).CountAsync(Cancelled));
    }

    [Fact]
    public async Task An_append_that_began_before_the_tombstone_takes_back_what_it_stored()
    {
        var tombstones = Tombstones();
        var store = new InterruptedStore(_store, () => tombstones.AddAsync(Erased, Cancelled));
        var guard = new ErasureGuard(store, Tombstones());
        await guard.PrepareAsync(Cancelled);

        var outcomes = await guard.AppendAsync([Event(1, user: Erased), Event(2)], Cancelled);

        Assert.Equal([AppendStatus.Erased, AppendStatus.Stored], outcomes.Select(outcome => outcome.Status));
        Assert.Equal(0, await _store.ReadUserAsync(Erased, Cancelled).CountAsync(Cancelled));
    }

    [Fact]
    public async Task Nothing_is_left_whenever_members_are_erased_while_workers_append()
    {
        long[] members = [.. Enumerable.Range(1, 20).Select(member => (long)member)];
        bool erased = false;
        var workers = Enumerable.Range(0, 3).Select(worker => Task.Run(async () =>
        {
            var guard = new ErasureGuard(_store, Tombstones());
            // Each goes on for some batches after all are erased.
            for (int batch = 0, after = 0; after < 3; batch++)
            {
                after += Volatile.Read(ref erased) ? 1 : 0;
                await guard.AppendAsync([.. members.Select(member => Event(1 + worker * 1_000_000 + batch * 100 + (int)member, user: member))], Cancelled);
            }
        }, Cancelled)).ToList();

        foreach (long member in members[..10])
        {
            await Tombstones().AddAsync(member, Cancelled);
            await _store.DeleteUserAsync(member, Cancelled);
        }
        Volatile.Write(ref erased, true);
        await Task.WhenAll(workers);

        foreach (long member in members)
            Assert.Equal(member > 10, await _store.ReadUserAsync(member, Cancelled).AnyAsync(Cancelled));
    }

    [Fact]
    public async Task Without_the_key_nothing_is_taken_once_somebody_was_erased()
    {
        var without = new Tombstones(_database, null, TimeProvider.System);
        var guard = new ErasureGuard(_store, without);
        await guard.AppendAsync([Event(1)], Cancelled);
        await Assert.ThrowsAsync<ErasureKeyException>(() => without.AddAsync(Erased, Cancelled));

        await Tombstones().AddAsync(Erased, Cancelled);
        await Assert.ThrowsAsync<ErasureKeyException>(() => guard.AppendAsync([Event(2)], Cancelled));
        await File.WriteAllTextAsync(_file, new string('x', 32), Cancelled);
        await Assert.ThrowsAsync<ErasureKeyException>(() => Tombstones().RefreshAsync(Cancelled));
        await Assert.ThrowsAsync<ErasureKeyException>(() => Tombstones().AddAsync(8, Cancelled));
        await File.WriteAllTextAsync(_file, "short", Cancelled);
        Assert.Throws<ErasureKeyException>(() => ErasureKey.Read(_file));
        Assert.Throws<ErasureKeyException>(() => ErasureKey.Read("/nowhere"));
        Assert.Null(ErasureKey.Read(" "));
    }

    [Fact]
    public async Task The_set_knows_each_of_many_and_no_other()
    {
        var tombstones = Tombstones();
        for (long member = 3; member <= 300; member += 3)
            await tombstones.AddAsync(member, Cancelled);
        var gone = await tombstones.RefreshAsync(Cancelled);

        Assert.Equal(100, gone.Count);
        Assert.Same(gone, await tombstones.RefreshAsync(Cancelled));
        // Twice: the second time those who are not in it are remembered.
        for (int pass = 0; pass < 2; pass++)
            Assert.All(Enumerable.Range(1, 400), member => Assert.Equal(member % 3 == 0 && member <= 300, gone.Contains(member)));
    }

    private Tombstones Tombstones() => new(_database, ErasureKey.Read(_file), TimeProvider.System);

    /// <summary>Something happens between the append and its answer.</summary>
    private sealed class InterruptedStore(IEventStore inner, Func<Task> happens) : IEventStore
    {
        public async Task<IReadOnlyList<AppendOutcome>> AppendAsync(IReadOnlyList<EventDocument> batch, CancellationToken cancellationToken)
        {
            var outcomes = await inner.AppendAsync(batch, cancellationToken);
            await happens();
            return outcomes;
        }

        public Task PrepareAsync(CancellationToken cancellationToken) => inner.PrepareAsync(cancellationToken);

        public IAsyncEnumerable<StoredEvent> ReadAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
            inner.ReadAsync(from, to, cancellationToken);

        public IAsyncEnumerable<StoredEvent> ReadUserAsync(long userId, CancellationToken cancellationToken) => inner.ReadUserAsync(userId, cancellationToken);

        public IAsyncEnumerable<UserContentTotal> AggregateAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
            inner.AggregateAsync(from, to, cancellationToken);

        public Task<long> DeleteUserAsync(long userId, CancellationToken cancellationToken) => inner.DeleteUserAsync(userId, cancellationToken);

        public Task<long> CountAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) => inner.CountAsync(from, to, cancellationToken);

        public Task<DateTime?> NewestAsync(CancellationToken cancellationToken) => inner.NewestAsync(cancellationToken);
    }
}
