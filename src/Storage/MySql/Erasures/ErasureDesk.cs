using Dapper;
using Pipeline.Storage.Erasure;
using Pipeline.Storage.MySql.Audit;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Storage.MySql.Erasures;

/// <summary>Where an operator asks that a member be erased, and where it is written down that it was done; both are audited, without the id.</summary>
public sealed class ErasureDesk(AuditTrail audit, Tombstones tombstones)
{
    private static readonly string FindOpen = EmbeddedText.Load("MySql/Erasures/find_open.sql");
    private static readonly string Request = EmbeddedText.Load("MySql/Erasures/request.sql");
    private static readonly string Complete = EmbeddedText.Load("MySql/Erasures/complete.sql");

    /// <returns>The erasure's id; of one that is under way already, that one's.</returns>
    /// <exception cref="ErasureKeyException">There is no key to erase under.</exception>
    public Task<long> RequestAsync(long member, Actor actor, CancellationToken cancellationToken)
    {
        byte[] digest = tombstones.Digest(member);
        return audit.ChangeAsync(async (connection, transaction) =>
        {
            long erasure = await connection.ExecuteScalarAsync<long?>(FindOpen, new { digest }, transaction)
                ?? await connection.ExecuteScalarAsync<long>(
                    Request, new { digest, member, by = actor.Name, patience = ErasureStore.Patience.TotalSeconds }, transaction);
            var what = actor.Did(AuditActions.MemberErase, $"erasure {erasure}", null, $"member {Convert.ToHexStringLower(digest)}");
            return (erasure, (AuditEvent?)what);
        }, cancellationToken);
    }

    /// <summary>Writes down that all is deleted, and forgets the member's id.</summary>
    public Task CompleteAsync(Erasure erasure, CancellationToken cancellationToken) =>
        audit.ChangeAsync(async (connection, transaction) =>
        {
            bool completed = await connection.ExecuteAsync(Complete, new { erasure = erasure.ErasureId }, transaction) == 1;
            var what = new AuditEvent(
                erasure.RequestedBy, "", AuditActions.MemberErased, $"erasure {erasure.ErasureId}", null,
                $"member {erasure.Member}, run {erasure.RunId}: {erasure.Events} events, {erasure.RefusedEvents} refused events, {erasure.Lists} lists, {erasure.CachedLists} cached lists; {erasure.Models} models marked");
            return (completed, completed ? what : null);
        }, cancellationToken);
}
