namespace Pipeline.Storage.MySql.Erasures;

/// <summary>The erasure of a member, and its certificate once it is complete. Counts are null for what was not looked at yet.</summary>
/// <param name="Member">Digest of the member's id under the key of erasures, hexadecimal: who has both can tell whose it is.</param>
/// <param name="RunId">The run that worked on it last.</param>
/// <param name="BarredAt">From when on nothing of the member was taken in, trained on or published, UTC.</param>
/// <param name="Events">In the event store.</param>
/// <param name="RefusedEvents">Refused events whose bytes were deleted.</param>
/// <param name="Lists">In MySQL, of all generations that were kept.</param>
/// <param name="CachedLists">In Redis.</param>
/// <param name="Models">That may have learned from the member, and were not marked for another member before.</param>
public sealed record Erasure(
    long ErasureId, string Member, string RequestedBy, DateTime RequestedAt, long? RunId, DateTime? BarredAt, long? Events, long? RefusedEvents, long? Lists,
    long? CachedLists, long? Models, DateTime? CompletedAt);
