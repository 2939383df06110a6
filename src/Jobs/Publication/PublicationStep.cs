using Pipeline.Storage.MySql.Generations;
using Pipeline.Storage.MySql.Runs;

namespace Pipeline.Jobs.Publication;

/// <summary>
/// The steps of a publication, in their order. A process may die between any two of them: before <see cref="PointerMoved"/> nothing has
/// happened for readers, from it on everything has, and the reconciler does what is left.
/// </summary>
public enum PublicationStep
{
    /// <summary>The generation has a number; nobody knows it.</summary>
    GenerationOpened,

    /// <summary>All lists are in MySQL.</summary>
    RowsWritten,

    /// <summary>What is in MySQL was read back and is what should be there.</summary>
    RowsChecked,

    /// <summary>All lists are in Redis too, and were counted.</summary>
    CacheFilled,

    /// <summary>MySQL's pointer names the generation: it is published.</summary>
    PointerMoved,

    /// <summary>Redis names it too.</summary>
    CachePointerMoved,

    /// <summary>Generations that nobody reads any more are gone.</summary>
    Pruned,
}

/// <summary>A generation to publish.</summary>
/// <param name="Members">Everyone who must have a list, in ascending order.</param>
/// <param name="IsKnown">Whether there is such a title.</param>
/// <param name="Lists">One list per member, in any order; read once.</param>
public sealed record PublicationRequest(
    RunLease Lease, long? ModelId, IReadOnlyList<long> Members, Func<long, bool> IsKnown, IEnumerable<RecommendationList> Lists)
{
    /// <summary>Why a member may not be shown a title; null where they may.</summary>
    public Func<long, long, string?>? ReasonAgainst { get; init; }

    /// <summary>Whether there is nothing that a member could be shown; null where everybody can be shown something.</summary>
    public Func<long, bool>? MayBeEmpty { get; init; }
}

/// <summary>The generation is not fit to be published, or may not be any more. Readers keep what they have.</summary>
public sealed class PublicationRefusedException(string message) : Exception(message);
