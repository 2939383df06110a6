using Dapper;
using Pipeline.Storage.MySql.Audit;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Storage.MySql.Runs;

/// <summary>A run as people look at it.</summary>
/// <param name="State">That of the ledger, and <c>lost</c> from the moment that the lease ran out.</param>
/// <param name="Progress">Of the step, 0 to 1.</param>
/// <param name="Parameters">JSON object.</param>
/// <param name="Metrics">JSON object.</param>
/// <param name="CancelledBy">Who asked for the run to be stopped; null where nobody did.</param>
/// <param name="Seconds">Until its end, or until now.</param>
public sealed record RunRecord(
    long RunId, string Job, DateTime ScheduledAt, int Attempt, string State, DateTime StartedAt, DateTime? FinishedAt, DateTime HeartbeatAt, string Owner,
    string? Step, double? Progress, string? Reason, string RequestedBy, int LogLines, string Parameters, string Metrics, string? CancelledBy, double Seconds);

/// <summary>Which runs to look for; null for all.</summary>
/// <param name="Text">Stands in who asked, in the reason or in the parameters.</param>
public sealed record RunFilter(string? Job, string? State, string? Text);

public sealed record RunLogLine(long LogId, int Attempt, DateTime LoggedAt, string Message);

/// <summary>A turn in a run's life.</summary>
/// <param name="State">One of the ledger's, or <c>cancelling</c>.</param>
public sealed record RunEvent(long EventId, int Attempt, string State, DateTime HappenedAt, string? Reason);

/// <summary>Reads the run ledger for people, and takes their wish that a run be stopped.</summary>
public sealed class RunHistory(Database database, AuditTrail audit)
{
    private static readonly string SearchRows = EmbeddedText.Load("MySql/Runs/search.sql");
    private static readonly string FindRow = EmbeddedText.Load("MySql/Runs/find_run.sql");
    private static readonly string Latest = EmbeddedText.Load("MySql/Runs/latest_of_each.sql");
    private static readonly string CountRecent = EmbeddedText.Load("MySql/Runs/count_recent.sql");
    private static readonly string LogPage = EmbeddedText.Load("MySql/Runs/log_page.sql");
    private static readonly string PulseOf = EmbeddedText.Load("MySql/Runs/pulse.sql");
    private static readonly string EventRows = EmbeddedText.Load("MySql/Runs/events.sql");
    private static readonly string RecordEvent = EmbeddedText.Load("MySql/Runs/record_event.sql");
    private static readonly string RequestCancellation = EmbeddedText.Load("MySql/Runs/request_cancellation.sql");

    /// <summary>The newest runs first.</summary>
    /// <param name="before">Only runs with a lower id.</param>
    public Task<IReadOnlyList<RunRecord>> SearchAsync(RunFilter filter, long before, int most, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return QueryAsync(SearchRows, new { filter.Job, filter.State, filter.Text, before, most }, cancellationToken);
    }

    public async Task<RunRecord?> FindAsync(long runId, CancellationToken cancellationToken) =>
        (await QueryAsync(FindRow, new { runId }, cancellationToken)).SingleOrDefault();

    /// <summary>The newest run of every job that ever ran, by job.</summary>
    public async Task<IReadOnlyList<RunRecord>> LatestAsync(CancellationToken cancellationToken) =>
        [.. (await QueryAsync(Latest, null, cancellationToken)).OrderBy(run => run.Job, StringComparer.Ordinal)];

    /// <summary>How many runs that gave a sign of life in the last 24 hours are in each state.</summary>
    public Task<IReadOnlyDictionary<string, long>> CountRecentAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyDictionary<string, long>>(async connection =>
            (await connection.QueryAsync<(string State, long Count)>(CountRecent)).ToDictionary(row => row.State, row => row.Count), cancellationToken);

    /// <summary>A page of a run's log, the newest line first.</summary>
    public Task<IReadOnlyList<RunLogLine>> LogAsync(long runId, long before, int most, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<RunLogLine>>(
            async connection => [.. (await connection.QueryAsync<(long, int, DateTime, string)>(LogPage, new { runId, before, most }))
                .Select(row => new RunLogLine(row.Item1, row.Item2, row.Item3, row.Item4))], cancellationToken);

    /// <summary>What became of a run, in its order: the newest turns.</summary>
    /// <param name="before">Only turns with a lower id.</param>
    public Task<IReadOnlyList<RunEvent>> EventsAsync(long runId, long before, int most, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<RunEvent>>(
            async connection => [.. (await connection.QueryAsync<(long, int, string, DateTime, string?)>(EventRows, new { runId, before, most }))
                .Select(row => new RunEvent(row.Item1, row.Item2, row.Item3, row.Item4, row.Item5)).Reverse()], cancellationToken);

    /// <summary>A text that changes whenever runs or the pointer do.</summary>
    public Task<string> PulseAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(async connection => await connection.ExecuteScalarAsync<string>(PulseOf) ?? "", cancellationToken);

    /// <summary>Asks for a run to be stopped. Who runs it notices within seconds.</summary>
    /// <returns>False where it is not running, or somebody asked before.</returns>
    public Task<bool> CancelAsync(long runId, Actor actor, CancellationToken cancellationToken) =>
        audit.ChangeAsync(async (connection, transaction) =>
        {
            bool asked = await connection.ExecuteAsync(RequestCancellation, new { runId, requestedBy = actor.Name }, transaction) == 1;
            if (asked)
                await connection.ExecuteAsync(RecordEvent, new { runId, state = "cancelling", reason = $"asked for by {actor.Name}" }, transaction);
            return (asked, asked ? actor.Did(AuditActions.RunCancel, $"run {runId}") : null);
        }, cancellationToken);

    private Task<IReadOnlyList<RunRecord>> QueryAsync(string sql, object? values, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<RunRecord>>(async connection =>
            [.. (await connection.QueryAsync<Row>(sql, values)).Select(row => row.ToRecord())], cancellationToken);

    private sealed class Row
    {
        public long run_id { get; init; }
        public string job { get; init; } = "";
        public DateTime scheduled_at { get; init; }
        public int attempt { get; init; }
        public string state { get; init; } = "";
        public DateTime started_at { get; init; }
        public DateTime? finished_at { get; init; }
        public DateTime heartbeat_at { get; init; }
        public string lease_owner { get; init; } = "";
        public string? step { get; init; }
        public double? progress { get; init; }
        public string? reason { get; init; }
        public string requested_by { get; init; } = "";
        public int log_lines { get; init; }
        public string parameters { get; init; } = "";
        public string metrics { get; init; } = "";
        public string? cancelled_by { get; init; }
        public double seconds { get; init; }

        public RunRecord ToRecord() => new(
            run_id, job, scheduled_at, attempt, state, started_at, finished_at, heartbeat_at, lease_owner, step, progress, reason, requested_by, log_lines,
            parameters, metrics, cancelled_by, seconds);
    }
}
