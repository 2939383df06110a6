using Pipeline.Storage.Events;

namespace Pipeline.Ingest.Tests.Worker;

/// <summary>An event store that is away when it is told to be, loses answers, takes its time, and refuses chosen documents.</summary>
internal sealed class FaultyEventStore(IEventStore store) : IEventStore
{
    private int _answersToLose;
    private int _appends;
    private int _seen;

    /// <summary>No append is answered.</summary>
    public bool IsAway { get; set; }

    /// <summary>Documents that the store will never take.</summary>
    public Predicate<EventDocument> Refuses { get; set; } = _ => false;

    /// <summary>Called before each append with its number, from 0.</summary>
    public Func<int, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>Events of all appends that came, those of repetitions included.</summary>
    public int Seen => Volatile.Read(ref _seen);

    /// <summary>The next appends are done, but the caller is told that they may not be.</summary>
    public void LoseAnswers(int count) => Interlocked.Add(ref _answersToLose, count);

    public async Task<IReadOnlyList<AppendOutcome>> AppendAsync(IReadOnlyList<EventDocument> batch, CancellationToken cancellationToken)
    {
        await Before(Interlocked.Increment(ref _appends) - 1).WaitAsync(cancellationToken);
        if (IsAway)
            throw new EventStoreUnavailableException("away", new IOException());
        Interlocked.Add(ref _seen, batch.Count);
        var taken = batch.Where(document => !Refuses(document)).ToList();
        var answers = new Queue<AppendOutcome>(await store.AppendAsync(taken, cancellationToken));
        if (Interlocked.Decrement(ref _answersToLose) >= 0)
            throw new EventStoreUnavailableException("the answer got lost", new IOException());
        return [.. batch.Select(document => Refuses(document) ? new AppendOutcome(AppendStatus.Failed, Detail: "never") : answers.Dequeue())];
    }

    public Task PrepareAsync(CancellationToken cancellationToken) => store.PrepareAsync(cancellationToken);

    public IAsyncEnumerable<StoredEvent> ReadAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        store.ReadAsync(from, to, cancellationToken);

    public IAsyncEnumerable<StoredEvent> ReadUserAsync(long userId, CancellationToken cancellationToken) => store.ReadUserAsync(userId, cancellationToken);

    public IAsyncEnumerable<UserContentTotal> AggregateAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        store.AggregateAsync(from, to, cancellationToken);

    public Task<long> DeleteUserAsync(long userId, CancellationToken cancellationToken) => store.DeleteUserAsync(userId, cancellationToken);

    public Task<long> CountAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        store.CountAsync(from, to, cancellationToken);

    public Task<DateTime?> NewestAsync(CancellationToken cancellationToken) => store.NewestAsync(cancellationToken);
}
