namespace Pipeline.Storage.Events;

/// <summary>
/// The watch events, each kept once under its producer's id. Streams are in order of time, and of event id within one millisecond,
/// so that the same events are always read in the same order.
/// </summary>
public interface IEventStore
{
    /// <summary>Creates what the store needs (collections, indexes). Idempotent; called once before the first use.</summary>
    /// <exception cref="EventStoreUnavailableException">The store cannot be reached.</exception>
    Task PrepareAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Stores the events that are not there yet. Idempotent: an event that is already there is reported as a duplicate, with the
    /// position it was first stored from, and is left as it is. Returns after a majority has acknowledged; an event whose fate
    /// is unknown is never reported as stored.
    /// </summary>
    /// <param name="batch">At most <see cref="MaxBatch"/> events; the same id may appear twice, the first one counts.</param>
    /// <param name="cancellationToken">Stops waiting; what was already sent may still be stored.</param>
    /// <returns>One outcome per event, in the order of <paramref name="batch"/>.</returns>
    /// <exception cref="EventStoreUnavailableException">The store cannot be reached or cannot acknowledge: send the batch again later.</exception>
    Task<IReadOnlyList<AppendOutcome>> AppendAsync(IReadOnlyList<EventDocument> batch, CancellationToken cancellationToken);

    /// <summary>Streams events with <paramref name="from"/> ≤ occurredAt &lt; <paramref name="to"/>, oldest first.</summary>
    /// <exception cref="EventStoreUnavailableException">The store cannot be reached; the stream ends there.</exception>
    IAsyncEnumerable<StoredEvent> ReadAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);

    /// <summary>Streams one user's events, oldest first.</summary>
    IAsyncEnumerable<StoredEvent> ReadUserAsync(long userId, CancellationToken cancellationToken);

    /// <summary>
    /// Streams, for each user and title with events in the range, their sums. Ordered by user, then title, so that a reader needs
    /// memory for one user at a time.
    /// </summary>
    IAsyncEnumerable<UserContentTotal> AggregateAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);

    /// <summary>Deletes every event of one user, and returns how many there were.</summary>
    Task<long> DeleteUserAsync(long userId, CancellationToken cancellationToken);

    /// <summary>Exact number of events stored with <paramref name="from"/> ≤ occurredAt &lt; <paramref name="to"/>.</summary>
    Task<long> CountAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);

    /// <summary>Time of the newest event, UTC; null where there is none.</summary>
    /// <exception cref="EventStoreUnavailableException">The store cannot be reached.</exception>
    Task<DateTime?> NewestAsync(CancellationToken cancellationToken);

    /// <summary>Most events that one <see cref="AppendAsync"/> takes.</summary>
    const int MaxBatch = 25_000;

    /// <summary>Most bytes that one document may have.</summary>
    const int MaxDocumentBytes = 16 * 1024 * 1024;
}
