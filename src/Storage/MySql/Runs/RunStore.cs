using Dapper;
using MySqlConnector;

namespace Pipeline.Storage.MySql.Runs;

/// <summary>The right to run, and to publish: valid while the ledger's row still carries this token.</summary>
/// <param name="Token">Grows with every attempt of any job.</param>
public readonly record struct RunLease(long RunId, long Token);

/// <summary>What an opening asks for.</summary>
/// <param name="ScheduledAt">The time in the timetable that the run is for, UTC; null for a run asked for now.</param>
/// <param name="Owner">Unique to this opening, so that an opening repeated after a lost connection finds itself.</param>
/// <param name="Parameters">JSON object.</param>
public sealed record RunRequest(string Job, DateTime? ScheduledAt, string Owner, TimeSpan Lease, string Parameters, string RequestedBy)
{
    /// <summary>A run that failed or died this often is not tried again.</summary>
    public int MostAttempts { get; init; } = RunStore.MostAttempts;

    /// <summary>Not while another run of the job is going on.</summary>
    public bool Alone { get; init; }

    /// <summary>Somebody wants a run of theirs once more: also one that was cancelled.</summary>
    public bool Again { get; init; }

    /// <summary>Whether a run that failed may be tried again; else only one that was cut short by the end of its worker.</summary>
    public bool AfterFailure { get; init; } = true;
}

/// <summary>What an opening came to: a lease, or why there is none.</summary>
/// <param name="Lease">Null where the run is taken, done, or was tried too often; then <paramref name="Refusal"/> says so.</param>
/// <param name="StartedAt">UTC, by the database's clock.</param>
public sealed record OpenedRun(RunLease? Lease, int Attempt, DateTime StartedAt, string? Refusal)
{
    /// <summary>The run that stands in the way and is still going on: another one of the job, or another attempt of this. Null where none does.</summary>
    public long? Blocker { get; init; }
}

/// <summary>How a run ended.</summary>
public enum RunState { Succeeded, Skipped, Failed, Cancelled }

/// <summary>
/// The rows of <c>job_run</c>. All times are the database's. Every write names the lease's token and does nothing once another attempt
/// has taken the run, so a process that slept through its lease cannot write over the one that replaced it.
/// </summary>
public sealed class RunStore(Database database)
{
    /// <summary>Where nobody says otherwise.</summary>
    public const int MostAttempts = 3;

    public const int MostLogLines = 2_000;

    /// <summary>Lines that go from the middle of a long log at once.</summary>
    private const int TrimmedLines = 100;

    public const int LongestText = 2_000;

    private static readonly string NextToken = EmbeddedText.Load("MySql/Runs/next_token.sql");
    private static readonly string Sweep = EmbeddedText.Load("MySql/Runs/sweep.sql");
    private static readonly string Find = EmbeddedText.Load("MySql/Runs/find.sql");
    private static readonly string Now = EmbeddedText.Load("MySql/Runs/now.sql");
    private static readonly string Insert = EmbeddedText.Load("MySql/Runs/insert.sql");
    private static readonly string ClaimAgain = EmbeddedText.Load("MySql/Runs/claim_again.sql");
    private static readonly string Heartbeat = EmbeddedText.Load("MySql/Runs/heartbeat.sql");
    private static readonly string Log = EmbeddedText.Load("MySql/Runs/log.sql");
    private static readonly string CountLine = EmbeddedText.Load("MySql/Runs/count_line.sql");
    private static readonly string LogHead = EmbeddedText.Load("MySql/Runs/log_head.sql");
    private static readonly string TrimLog = EmbeddedText.Load("MySql/Runs/trim_log.sql");
    private static readonly string Finish = EmbeddedText.Load("MySql/Runs/finish.sql");
    private static readonly string Cancellation = EmbeddedText.Load("MySql/Runs/cancellation.sql");
    private static readonly string Hold = EmbeddedText.Load("MySql/Runs/hold.sql");
    private static readonly string RecordEvent = EmbeddedText.Load("MySql/Runs/record_event.sql");
    private static readonly string RecordLost = EmbeddedText.Load("MySql/Runs/record_lost.sql");
    private static readonly string Running = EmbeddedText.Load("MySql/Runs/running.sql");
    private static readonly string InsertSkipped = EmbeddedText.Load("MySql/Runs/insert_skipped.sql");

    /// <summary>Takes the run of this job and time, or says why not. Runs whose lease ran out are marked lost on the way.</summary>
    public Task<OpenedRun> OpenAsync(RunRequest request, CancellationToken cancellationToken) =>
        database.TransactAsync(async (connection, transaction) =>
        {
            long token = await connection.ExecuteScalarAsync<long>(NextToken, transaction: transaction);
            await connection.ExecuteAsync(RecordLost, transaction: transaction);
            await connection.ExecuteAsync(Sweep, transaction: transaction);
            var now = await connection.ExecuteScalarAsync<DateTime>(Now, transaction: transaction);
            // The column's precision: a time that is finer would never be found again.
            var scheduledAt = WholeMilliseconds(request.ScheduledAt ?? now);
            var (runId, state, attempt, heldToken, owner, startedAt) = await connection.QuerySingleOrDefaultAsync<(long, string?, int, long, string, DateTime)>(
                Find, new { job = request.Job, scheduledAt }, transaction);
            if (state == "running")
                return owner == request.Owner
                    ? new OpenedRun(new RunLease(runId, heldToken), attempt, startedAt, null)
                    : Refused($"run {runId}, which is running in attempt {attempt}") with { Blocker = runId };
            bool again = state switch
            {
                null => true,
                "failed" => request.AfterFailure && attempt < request.MostAttempts,
                "lost" => attempt < request.MostAttempts,
                // Cancelled without anybody's wish, it was cut short by the end of its worker.
                "cancelled" => request.Again || (attempt < request.MostAttempts
                    && await connection.ExecuteScalarAsync<string?>(Cancellation, new { runId, attempt }, transaction) is null),
                _ => false,
            };
            if (!again)
                return Refused($"run {runId}, which is {state} after {attempt} attempt(s)");
            if (request.Alone && await connection.ExecuteScalarAsync<long?>(Running, new { job = request.Job, scheduledAt }, transaction) is { } other)
                return Refused($"to wait: run {other} of it is still going on") with { Blocker = other };

            var values = new
            {
                runId, job = request.Job, scheduledAt, token, owner = request.Owner, leaseSeconds = request.Lease.TotalSeconds, now,
                parameters = request.Parameters, requestedBy = Cut(request.RequestedBy, 128),
            };
            if (state is null)
                runId = await connection.ExecuteScalarAsync<long>(Insert, values, transaction);
            else
                await connection.ExecuteAsync(ClaimAgain, values, transaction);
            await connection.ExecuteAsync(RecordEvent, new { runId, state = "running", reason = $"on {request.Owner}, for {values.requestedBy}" }, transaction);
            return new OpenedRun(new RunLease(runId, token), state is null ? 1 : attempt + 1, now, null);

            OpenedRun Refused(string what) => new(null, attempt, startedAt, $"{request.Job} of {scheduledAt:u} is {what}");
        }, cancellationToken);

    /// <summary>Writes down that a time of the timetable came and was let pass.</summary>
    /// <returns>The run's id; null where the ledger has a run for that time already.</returns>
    public Task<long?> SkipAsync(string job, DateTime scheduledAt, string reason, string requestedBy, CancellationToken cancellationToken) =>
        database.TransactAsync(async (connection, transaction) =>
        {
            long runId = await connection.ExecuteScalarAsync<long>(
                InsertSkipped, new { job, scheduledAt, reason = Cut(reason, LongestText), requestedBy = Cut(requestedBy, 128) }, transaction);
            if (runId == 0)
                return (long?)null;
            await connection.ExecuteAsync(RecordEvent, new { runId, state = "skipped", reason = Cut(reason, LongestText) }, transaction);
            return runId;
        }, cancellationToken);

    /// <summary>Keeps the lease and records where the run is. False: the lease is lost, and the work must stop.</summary>
    public Task<bool> HeartbeatAsync(RunLease lease, TimeSpan duration, string? step, double? progress, CancellationToken cancellationToken) =>
        ExecuteAsync(Heartbeat, new { lease.RunId, lease.Token, leaseSeconds = duration.TotalSeconds, step = Cut(step, 64), progress }, cancellationToken);

    /// <summary>Who wants this attempt of the run to stop, or null.</summary>
    public Task<string?> CancellationAsync(long runId, int attempt, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => connection.ExecuteScalarAsync<string?>(Cancellation, new { runId, attempt }), cancellationToken);

    /// <summary>
    /// Adds a line to the run's log. Of a long log the beginning and the end are kept, half of <see cref="MostLogLines"/> and a little more
    /// each: that is where the reasons stand.
    /// </summary>
    public Task LogAsync(RunLease lease, string message, CancellationToken cancellationToken) =>
        database.TransactAsync(async (connection, transaction) =>
        {
            if (await connection.ExecuteAsync(Log, new { lease.RunId, lease.Token, message = Cut(message, LongestText) }, transaction) == 0)
                return false;
            int lines = await connection.ExecuteScalarAsync<int>(CountLine, new { lease.RunId }, transaction);
            if (lines <= MostLogLines || lines % TrimmedLines != 0)
                return true;
            long head = await connection.ExecuteScalarAsync<long>(LogHead, new { lease.RunId, others = MostLogLines / 2 - 1 }, transaction);
            await connection.ExecuteAsync(TrimLog, new { lease.RunId, head, most = TrimmedLines }, transaction);
            return true;
        }, cancellationToken);

    /// <param name="metrics">JSON object.</param>
    /// <returns>False: the lease was lost before, and the run's end is another attempt's to record.</returns>
    public Task<bool> FinishAsync(RunLease lease, RunState state, string? reason, string metrics, CancellationToken cancellationToken) =>
        database.TransactAsync(async (connection, transaction) =>
        {
            var end = new { lease.RunId, lease.Token, state = state.ToString().ToLowerInvariant(), reason = Cut(reason, LongestText), metrics };
            if (await connection.ExecuteAsync(Finish, end, transaction) == 0)
                return false;
            await connection.ExecuteAsync(RecordEvent, new { lease.RunId, end.state, end.reason }, transaction);
            return true;
        }, cancellationToken);

    /// <summary>Makes sure, inside a publishing transaction, that the lease is still held, and keeps it so until the transaction ends.</summary>
    /// <returns>The database's clock.</returns>
    /// <exception cref="LeaseLostException">It is not.</exception>
    public static async Task<DateTime> HoldAsync(MySqlConnection connection, MySqlTransaction transaction, RunLease lease) =>
        await connection.QuerySingleOrDefaultAsync<DateTime?>(Hold, lease, transaction) ?? throw new LeaseLostException(lease);

    private Task<bool> ExecuteAsync(string sql, object values, CancellationToken cancellationToken) =>
        database.TransactAsync(async (connection, transaction) => await connection.ExecuteAsync(sql, values, transaction) > 0, cancellationToken);

    private static DateTime WholeMilliseconds(DateTime time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMillisecond));

    private static string? Cut(string? text, int length) => text?.Length > length ? text[..length] : text;
}

/// <summary>The run was taken over, or ended, while this process was away: nothing more of it may be published.</summary>
public sealed class LeaseLostException(RunLease lease) : Exception($"run {lease.RunId} is no longer held with token {lease.Token}");
