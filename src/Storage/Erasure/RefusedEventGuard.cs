using Pipeline.Storage.Events;

namespace Pipeline.Storage.Erasure;

/// <summary>
/// Keeps of refused events that name an erased member only that they were refused, where and why. A batch is held against the members known
/// to be erased, kept, and held against them once more with what is new, as <see cref="ErasureGuard"/> does it, and with the same promise.
/// </summary>
public sealed class RefusedEventGuard(IRefusedEventStore inner, IErasedMembers erased) : IRefusedEventStore
{
    public async Task KeepAsync(IReadOnlyList<RefusedEvent> batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Count == 0)
            return;
        var before = erased.Known;
        await inner.KeepAsync([.. batch.Select(refused => refused.Names(before) ? refused.Forgotten() : refused)], cancellationToken);
        var after = await erased.RefreshAsync(cancellationToken);
        if (!ReferenceEquals(before, after))
            await inner.KeepAsync([.. batch.Where(refused => refused.Names(after)).Select(refused => refused.Forgotten())], cancellationToken);
    }
}
