using Pipeline.Storage.Erasure;
using Pipeline.Storage.MySql.Generations;

namespace Pipeline.Jobs.Publication;

/// <summary>Reads a generation back before readers may: everyone has a list, every list is one, and nothing is on it that the member may not be shown.</summary>
internal static class PublicationChecks
{
    /// <exception cref="PublicationRefusedException">The first thing that is wrong.</exception>
    public static async Task RunAsync(GenerationStore store, IErasedMembers erased, long generation, PublicationRequest publication, CancellationToken cancellationToken)
    {
        int next = 0;
        var members = publication.Members;
        await foreach (var list in store.ReadAsync(generation, cancellationToken))
        {
            // Both ascend, so they must agree one by one, but for those who were erased meanwhile.
            while (next < members.Count && members[next] < list.UserId && await IsErasedAsync(erased, members[next], cancellationToken))
                next++;
            if (next == members.Count || list.UserId < members[next])
                throw new PublicationRefusedException($"generation {generation} has a list for member {list.UserId}, who was not asked for");
            if (list.UserId > members[next])
                throw new PublicationRefusedException($"generation {generation} has no list for member {members[next]}");
            if (Fault(list, publication) is { } fault)
                throw new PublicationRefusedException($"generation {generation}, member {list.UserId}: {fault}");
            next++;
        }
        while (next < members.Count && await IsErasedAsync(erased, members[next], cancellationToken))
            next++;
        if (next < members.Count)
            throw new PublicationRefusedException($"generation {generation} has no list for member {members[next]}: {next} lists for {members.Count} members");
    }

    private static async Task<bool> IsErasedAsync(IErasedMembers erased, long member, CancellationToken cancellationToken) =>
        (await erased.RefreshAsync(cancellationToken)).Contains(member);

    private static string? Fault(RecommendationList list, PublicationRequest publication)
    {
        var items = list.Items;
        if (items.Count == 0)
            return publication.MayBeEmpty?.Invoke(list.UserId) == true ? null : "the list is empty";
        var seen = new HashSet<long>(items.Count);
        for (int i = 0; i < items.Count; i++)
        {
            if (!publication.IsKnown(items[i].ContentId))
                return $"there is no title {items[i].ContentId}";
            if (publication.ReasonAgainst?.Invoke(list.UserId, items[i].ContentId) is { } reason)
                return $"title {items[i].ContentId} may not be shown to the member ({reason})";
            if (!seen.Add(items[i].ContentId))
                return $"title {items[i].ContentId} stands twice";
            if (!double.IsFinite(items[i].Score) || (i > 0 && items[i].Score > items[i - 1].Score))
                return $"place {i + 1} is out of order";
        }
        return null;
    }
}
