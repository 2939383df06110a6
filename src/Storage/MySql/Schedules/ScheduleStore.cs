using Dapper;

namespace Pipeline.Storage.MySql.Schedules;

/// <summary>What operators have decided of a job, each null where the timetable's own stands.</summary>
/// <param name="Attempts">Of a run that fails.</param>
/// <param name="PauseSeconds">Before the second attempt; doubled before each further one.</param>
/// <param name="LimitSeconds">That an attempt may take.</param>
/// <param name="Overlap"><c>skip</c> or <c>queue</c>.</param>
public sealed record ScheduleChange(string? Cron, int? Attempts, int? PauseSeconds, int? LimitSeconds, string? Overlap)
{
    public override string ToString() =>
        $"cron {Cron ?? "as in the timetable"}, attempts {Text(Attempts)}, pause {Text(PauseSeconds)} s, limit {Text(LimitSeconds)} s, overlap {Overlap ?? "default"}";

    private static string Text(int? number) => number?.ToString() ?? "default";
}

/// <param name="PausedBy">Null while it is not paused.</param>
/// <param name="Since">UTC: what was due before is nobody's to miss.</param>
public sealed record JobSchedule(string Job, ScheduleChange Change, string? PausedBy, DateTime? PausedAt, DateTime Since);

/// <summary>The table <c>job_schedule</c>: what operators have changed of the timetable.</summary>
public sealed class ScheduleStore(Database database)
{
    private static readonly string EnsureRow = EmbeddedText.Load("MySql/Schedules/ensure.sql");
    private static readonly string ListRows = EmbeddedText.Load("MySql/Schedules/list.sql");

    /// <summary>Writes down from when on a job's times may be missed; doing it again changes nothing.</summary>
    public Task EnsureAsync(string job, CancellationToken cancellationToken) =>
        database.TransactAsync((connection, transaction) => connection.ExecuteAsync(EnsureRow, new { job }, transaction), cancellationToken);

    public Task<IReadOnlyList<JobSchedule>> ListAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<JobSchedule>>(
            async connection => [.. (await connection.QueryAsync<Row>(ListRows)).Select(row => row.ToSchedule())], cancellationToken);

    internal sealed class Row
    {
        public string job { get; init; } = "";
        public string? cron { get; init; }
        public int? attempts { get; init; }
        public int? pause_seconds { get; init; }
        public int? limit_seconds { get; init; }
        public string? overlap { get; init; }
        public string? paused_by { get; init; }
        public DateTime? paused_at { get; init; }
        public DateTime since { get; init; }

        public JobSchedule ToSchedule() => new(job, new ScheduleChange(cron, attempts, pause_seconds, limit_seconds, overlap), paused_by, paused_at, since);
    }
}
