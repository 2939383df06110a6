using Dapper;
using MySqlConnector;
using Pipeline.Storage.MySql.Audit;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Storage.MySql.Schedules;

/// <summary>Where operators change the timetable; each change is audited.</summary>
public sealed class ScheduleDesk(AuditTrail audit)
{
    private static readonly string EnsureRow = EmbeddedText.Load("MySql/Schedules/ensure.sql");
    private static readonly string LockRow = EmbeddedText.Load("MySql/Schedules/lock.sql");
    private static readonly string Pause = EmbeddedText.Load("MySql/Schedules/pause.sql");
    private static readonly string Resume = EmbeddedText.Load("MySql/Schedules/resume.sql");
    private static readonly string Change = EmbeddedText.Load("MySql/Schedules/change.sql");

    /// <returns>False: it was paused already.</returns>
    public Task<bool> PauseAsync(string job, Actor actor, CancellationToken cancellationToken) =>
        ChangeAsync(job, Pause, new { job, by = actor.Name }, held => held.PausedBy is null ? Event(actor, AuditActions.SchedulePause, job) : null, cancellationToken);

    /// <returns>False: it was not paused.</returns>
    public Task<bool> ResumeAsync(string job, Actor actor, CancellationToken cancellationToken) =>
        ChangeAsync(
            job, Resume, new { job },
            held => held.PausedBy is { } by ? Event(actor, AuditActions.ScheduleResume, job, $"paused by {by} since {held.PausedAt:u}") : null, cancellationToken);

    public Task<bool> ChangeAsync(string job, ScheduleChange change, Actor actor, CancellationToken cancellationToken) =>
        ChangeAsync(
            job, Change, new { job, change.Cron, change.Attempts, change.PauseSeconds, change.LimitSeconds, change.Overlap },
            held => held.Change == change ? null : Event(actor, AuditActions.ScheduleChange, job, held.Change.ToString(), change.ToString()), cancellationToken);

    private Task<bool> ChangeAsync(string job, string sql, object values, Func<JobSchedule, AuditEvent?> decide, CancellationToken cancellationToken) =>
        audit.ChangeAsync(async (connection, transaction) =>
        {
            await connection.ExecuteAsync(EnsureRow, new { job }, transaction);
            var what = decide(await LockAsync(connection, transaction, job));
            if (what is not null)
                await connection.ExecuteAsync(sql, values, transaction);
            return (what is not null, what);
        }, cancellationToken);

    private static async Task<JobSchedule> LockAsync(MySqlConnection connection, MySqlTransaction transaction, string job) =>
        (await connection.QuerySingleAsync<ScheduleStore.Row>(LockRow, new { job }, transaction)).ToSchedule();

    private static AuditEvent Event(Actor actor, string action, string job, string? was = null, string? became = null) =>
        actor.Did(action, job, was, became);
}
