using Pipeline.Storage.Erasure;
using Pipeline.Storage.MySql.Erasures;
using Pipeline.Storage.Redis;

namespace Pipeline.Jobs.Publication;

/// <summary>
/// Takes the lists of members who were erased while a generation was made out of it again, just before it may be served. Whoever is erased
/// later is looked for in it by the erasure itself.
/// </summary>
public sealed class Withdrawal(IErasedMembers erased, ErasureStore erasures, ServingCache cache)
{
    /// <param name="members">Everyone who was to get a list.</param>
    /// <returns>How many of them were erased.</returns>
    public async Task<int> WithdrawAsync(long generation, IReadOnlyList<long> members, CancellationToken cancellationToken)
    {
        var gone = await erased.RefreshAsync(cancellationToken);
        if (gone.Count == 0)
            return 0;
        long[] withdrawn = [.. members.Where(gone.Contains)];
        foreach (long member in withdrawn)
            await erasures.DeleteListsAsync(null, member, [generation], cancellationToken);
        await cache.DeleteListsAsync(generation, withdrawn, cancellationToken);
        return withdrawn.Length;
    }
}
