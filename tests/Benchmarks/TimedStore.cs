using Pipeline.Storage.Events;

namespace Pipeline.Benchmarks;

/// <summary>An event store that says when it has acknowledged so many events.</summary>
internal sealed class TimedStore(IEventStore inner) : IEventStore
{
    private readonly Lock _lock = new();
    private long _stored;
    private long _wanted = long.MaxValue;
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>When so many had been acknowledged.</summary>
    public DateTimeOffset ReachedAt { get; private set; }

    public Task HasStoredAsync(long count, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _wanted = count;
            Look();
        }
        return _reached.Task.WaitAsync(cancellationToken);
    }

    public async Task<IReadOnlyList<AppendOutcome>> AppendAsync(IReadOnlyList<EventDocument> batch, CancellationToken cancellationToken)
    {
        var outcomes = await inner.AppendAsync(batch, cancellationToken);
        lock (_lock)
        {
            _stored += outcomes.Count(outcome => outcome.Status == AppendStatus.Stored);
            Look();
        }
        return outcomes;
    }

    private void Look()
    {
        if (_stored < _wanted || _reached.Task.IsCompleted)
            return;
        ReachedAt = TimeProvider.System.GetUtcNow();
        _reached.SetResult();
    }

    public Task PrepareAsync(CancellationToken cancellationToken) => inner.PrepareAsync(cancellationToken);

    public IAsyncEnumerable<StoredEvent> ReadAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) => inner.ReadAsync(from, to, cancellationToken);

    public IAsyncEnumerable<StoredEvent> ReadUserAsync(long userId, CancellationToken cancellationToken) => inner.ReadUserAsync(userId, cancellationToken);

    public IAsyncEnumerable<UserContentTotal> AggregateAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) => inner.AggregateAsync(from, to, cancellationToken);

    public Task<long> DeleteUserAsync(long userId, CancellationToken cancellationToken) => inner.DeleteUserAsync(userId, cancellationToken);

    public Task<long> CountAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) => inner.CountAsync(from, to, cancellationToken);

    public Task<DateTime?> NewestAsync(CancellationToken cancellationToken) => inner.NewestAsync(cancellationToken);
}
