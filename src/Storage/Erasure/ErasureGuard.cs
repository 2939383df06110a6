using System.Runtime.CompilerServices;
using Pipeline.Storage.Events;

namespace Pipeline.Storage.Erasure;

/// <summary>
/// An event store that neither takes nor shows events of erased members. A batch is held against the members known to be erased, appended,
/// and held against them once more with what is new: one small read for a batch, none for an event.
/// </summary>
/// <remarks>
/// Nothing slips through beside an erasure that is going on, which first leaves the tombstone and then deletes. An append that ends before the
/// tombstone is there is found by the deletion. One that ends after it finds the tombstone, and deletes. One whose process dies in between is
/// delivered again, and deleted for then.
/// </remarks>
public sealed class ErasureGuard(IEventStore inner, IErasedMembers erased) : IEventStore
{
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await inner.PrepareAsync(cancellationToken);
        await erased.RefreshAsync(cancellationToken);
    }

    public async Task<IReadOnlyList<AppendOutcome>> AppendAsync(IReadOnlyList<EventDocument> batch, CancellationToken cancellationToken)
    {
        var before = erased.Known;
        var outcomes = new AppendOutcome[batch.Count];
        var members = new HashSet<long>();
        var others = Refuse(batch, Enumerable.Range(0, batch.Count), before, outcomes, members);
        var stored = await inner.AppendAsync(others.Count == batch.Count ? batch : others.ConvertAll(index => batch[index]), cancellationToken);
        for (int i = 0; i < others.Count; i++)
            outcomes[others[i]] = stored[i];

        var after = await erased.RefreshAsync(cancellationToken);
        if (!ReferenceEquals(before, after))
            Refuse(batch, others, after, outcomes, members);
        foreach (long member in members)
            await inner.DeleteUserAsync(member, cancellationToken);
        return outcomes;
    }

    public async IAsyncEnumerable<StoredEvent> ReadAsync(
        DateTimeOffset from, DateTimeOffset to, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var gone = await erased.RefreshAsync(cancellationToken);
        await foreach (var one in inner.ReadAsync(from, to, cancellationToken))
            if (!gone.Contains(one.UserId))
                yield return one;
    }

    public async IAsyncEnumerable<StoredEvent> ReadUserAsync(long userId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if ((await erased.RefreshAsync(cancellationToken)).Contains(userId))
            yield break;
        await foreach (var one in inner.ReadUserAsync(userId, cancellationToken))
            yield return one;
    }

    public async IAsyncEnumerable<UserContentTotal> AggregateAsync(
        DateTimeOffset from, DateTimeOffset to, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var gone = await erased.RefreshAsync(cancellationToken);
        await foreach (var total in inner.AggregateAsync(from, to, cancellationToken))
            if (!gone.Contains(total.UserId))
                yield return total;
    }

    public Task<long> DeleteUserAsync(long userId, CancellationToken cancellationToken) => inner.DeleteUserAsync(userId, cancellationToken);

    public Task<long> CountAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) => inner.CountAsync(from, to, cancellationToken);

    /// <summary>Of any member: a time names nobody.</summary>
    public Task<DateTime?> NewestAsync(CancellationToken cancellationToken) => inner.NewestAsync(cancellationToken);

    /// <summary>Settles the events of erased members.</summary>
    /// <param name="members">Gets those who have one.</param>
    /// <returns>The events of all others.</returns>
    private static List<int> Refuse(
        IReadOnlyList<EventDocument> batch, IEnumerable<int> indices, ErasedSet gone, AppendOutcome[] outcomes, HashSet<long> members)
    {
        if (gone.Count == 0)
            return [.. indices];
        var others = new List<int>(batch.Count);
        foreach (int index in indices)
        {
            long member = EventDocuments.UserOf(batch[index]);
            if (!gone.Contains(member))
            {
                others.Add(index);
                continue;
            }
            members.Add(member);
            outcomes[index] = new AppendOutcome(AppendStatus.Erased);
        }
        return others;
    }
}
