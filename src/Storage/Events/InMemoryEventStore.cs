using System.Runtime.CompilerServices;

namespace Pipeline.Storage.Events;

/// <summary>The event store's twin without a server: what the contract means, in plain code. For tests and small experiments.</summary>
public sealed class InMemoryEventStore : IEventStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, (SourcePosition Source, StoredEvent Event)> _events = [];
    private readonly EventDecoder _decoder = new();

    public Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<IReadOnlyList<AppendOutcome>> AppendAsync(IReadOnlyList<EventDocument> batch, CancellationToken cancellationToken)
    {
        EventDocuments.CheckSize(batch);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
            return Task.FromResult<IReadOnlyList<AppendOutcome>>([.. batch.Select(document => Append(document))]);
    }

    public IAsyncEnumerable<StoredEvent> ReadAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        StreamAsync(stored => InRange(stored, from, to), cancellationToken);

    public IAsyncEnumerable<StoredEvent> ReadUserAsync(long userId, CancellationToken cancellationToken) =>
        StreamAsync(stored => stored.UserId == userId, cancellationToken);

    public IAsyncEnumerable<UserContentTotal> AggregateAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        UserContentFold.SumAsync(
            ReadAsync(from, to, cancellationToken).OrderBy(stored => stored.UserId), cancellationToken);

    public Task<long> DeleteUserAsync(long userId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            var ids = _events.Where(entry => entry.Value.Event.UserId == userId).Select(entry => entry.Key).ToList();
            ids.ForEach(id => _events.Remove(id));
            return Task.FromResult((long)ids.Count);
        }
    }

    public Task<long> CountAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
            return Task.FromResult((long)_events.Values.Count(entry => InRange(entry.Event, from, to)));
    }

    public Task<DateTime?> NewestAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
            return Task.FromResult(_events.Values.Max(entry => (DateTime?)entry.Event.OccurredAt));
    }

    private AppendOutcome Append(in EventDocument document)
    {
        if (EventDocuments.Refusal(document) is { } refusal)
            return new(AppendStatus.Failed, Detail: refusal);
        if (_events.TryGetValue(document.EventId, out var first))
            return new(AppendStatus.Duplicate, first.Source);
        _events.Add(document.EventId, (document.Source, _decoder.Decode(document.Bson.Span)));
        return new(AppendStatus.Stored);
    }

    private async IAsyncEnumerable<StoredEvent> StreamAsync(
        Predicate<StoredEvent> wanted, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<StoredEvent> found;
        lock (_lock)
            found = [.. _events.Values.Select(entry => entry.Event).Where(stored => wanted(stored))];
        found.Sort((a, b) => a.OccurredAt != b.OccurredAt ? a.OccurredAt.CompareTo(b.OccurredAt) : a.EventId.CompareTo(b.EventId));
        foreach (var stored in found)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return stored;
        }
        await Task.CompletedTask;
    }

    private static bool InRange(in StoredEvent stored, DateTimeOffset from, DateTimeOffset to) =>
        stored.OccurredAt >= from.UtcDateTime && stored.OccurredAt < to.UtcDateTime;
}
