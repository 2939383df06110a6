using Dapper;
using Pipeline.Storage.MySql.Audit;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Storage.MySql.Alarms;

/// <summary>Where operators say that they have seen an alarm.</summary>
public sealed class AlarmDesk(AuditTrail audit)
{
    private static readonly string See = EmbeddedText.Load("MySql/Alarms/see.sql");

    /// <returns>False: there is none that somebody has not seen yet.</returns>
    public Task<bool> SeeAsync(long alarmId, Actor actor, CancellationToken cancellationToken) =>
        audit.ChangeAsync(async (connection, transaction) =>
        {
            bool seen = await connection.ExecuteAsync(See, new { alarmId, by = actor.Name }, transaction) == 1;
            return (seen, seen ? actor.Did(AuditActions.AlarmSeen, $"alarm {alarmId}") : null);
        }, cancellationToken);
}
