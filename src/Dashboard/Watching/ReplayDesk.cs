using Pipeline.Storage.Events;
using Pipeline.Storage.MySql.Audit;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Dashboard.Watching;

/// <summary>Where pages and programs wish that a refused event be sent once more.</summary>
public sealed class ReplayDesk(RefusedEventDesk refused, AuditTrail audit)
{
    /// <summary>Wishes it, and has it in the audit before.</summary>
    /// <returns>Null where there is no such event; false where its bytes are not kept, or somebody wishes it already.</returns>
    public async Task<bool?> WishAsync(string? id, Actor actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (string.IsNullOrEmpty(id) || await refused.FindAsync(id, cancellationToken) is not { } found)
            return null;
        await audit.RecordAsync(new AuditEvent(actor.Name, actor.Address, AuditActions.EventReplay, found.Id, found.Code), cancellationToken);
        return await refused.WantReplayAsync(found.Id, actor.Name, cancellationToken);
    }
}
