using Pipeline.Storage.Events;
using Pipeline.Storage.MySql.Audit;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Dashboard.Watching;

/// <summary>Where pages and programs wish that a refused event be sent once more.</summary>
public sealed class ReplayDesk(RefusedEventDesk refused, AuditTrail audit)
{
    /// <summary>
    /// Wishes it. The wish stands in MongoDB and its entry in MySQL: the entry comes first, so that no wish is without one, and a wish that
    /// somebody else has before it is followed by an entry that says so.
    /// </summary>
    /// <returns>Null where there is no such event; false where its bytes are not kept, or somebody wishes it already.</returns>
    public async Task<bool?> WishAsync(string? id, Actor actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (string.IsNullOrEmpty(id) || await refused.FindAsync(id, cancellationToken) is not { } found)
            return null;
        if (!found.CanBeReplayed)
            return false;
        await audit.RecordAsync(actor.Did(AuditActions.EventReplay, found.Id, found.Code, AuditActions.AskedFor), cancellationToken);
        if (await refused.WantReplayAsync(found.Id, actor.Name, cancellationToken))
            return true;
        await audit.RecordAsync(actor.Did(AuditActions.EventReplay, found.Id, AuditActions.AskedFor, "somebody had asked for it before"), cancellationToken);
        return false;
    }

    /// <summary>Wishes that all of a code be sent once more that were refused up to a time, the newest <see cref="RefusedEventDesk.MostReplays"/>; as one entry of the audit.</summary>
    /// <returns>How many are wished for.</returns>
    public async Task<long> WishAllAsync(string code, DateTimeOffset until, Actor actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        int count = Math.Min(await refused.CountReplayableAsync(code, until, cancellationToken), RefusedEventDesk.MostReplays);
        if (count == 0)
            return 0;
        await audit.RecordAsync(
            actor.Did(AuditActions.EventReplay, $"refused events: {count}", $"refused as {code} until {until.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC", AuditActions.AskedFor), cancellationToken);
        return await refused.WantReplaysAsync(code, until, actor.Name, cancellationToken);
    }
}
