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
public sealed record RunRequest(string Job, DateTime? ScheduledAt, string Owner, TimeSpan Lease, string Parameters, string RequestedBy);

/// <summary>What an opening came to: a lease, or why there is none.</summary>
/// <param name="Lease">Null where the run is taken, done, or was tried too often; then <paramref name="Refusal"/> says so.</param>
/// <param name="StartedAt">UTC, by the database's clock.</param>
public sealed record OpenedRun(RunLease? Lease, int Attempt, DateTime StartedAt, string? Refusal);

/// <summary>How a run ended.</summary>
public enum RunState { Succeeded, Skipped, Failed, Cancelled }

/// <summary>
/// The rows of <c>job_run</c>. All times are the database's. Every write names the lease's token and does nothing once another attempt
/// has taken the run, so a process that slept through its lease cannot write over the one that replaced it.
/// </summary>
public sealed class RunStore(Database database)
{
    /// <summary>A run that died this often is not tried again.</summary>
    public const int MostAttempts = 3;

    public const int MostLogLines = 2_000;
    public const int LongestText = 2_000;

    private static readonly string NextToken = EmbeddedText.Load("MySql/Runs/next_token.sql");
    private static readonly string Sweep = EmbeddedText.Load("MySql/Runs/sweep.sql");
    private static readonly string Find = EmbeddedText.Load("MySql/Runs/find.sql");
    private static readonly string Now = EmbeddedText.Load("MySql/Runs/now.sql");
    private static readonly string Insert = EmbeddedText.Load("MySql/Runs/insert.sql");
    private static readonly string ClaimAgain = EmbeddedText.Load("MySql/Runs/claim_again.sql");
    private static readonly string Heartbeat = EmbeddedText.Load("MySql/Runs/heartbeat.sql");
    private static readonly string Log = EmbeddedText.Load("MySql/Runs/log.sql");
    private static readonly string Finish = EmbeddedText.Load("MySql/Runs/finish.sql");
    private static readonly string Cancellation = EmbeddedText.Load("MySql/Runs/cancellation.sql");
    private static readonly string Hold = EmbeddedText.Load("MySql/Runs/hold.sql");

    /// <summary>Takes the run of this job and time, or says why not. Runs whose lease ran out are marked lost on the way.</summary>
    public Task<OpenedRun> OpenAsync(RunRequest request, CancellationToken cancellationToken) =>
        database.TransactAsync(async (connection, transaction) =>
        {
            long token = await connection.ExecuteScalarAsync<long>(NextToken, transaction: transaction);
            await connection.ExecuteAsync(Sweep, transaction: transaction);
            var now = await connection.ExecuteScalarAsync<DateTime>(Now, transaction: transaction);
            var scheduledAt = request.ScheduledAt ?? now;
            var (runId, state, attempt, heldToken, owner, startedAt) = await connection.QuerySingleOrDefaultAsync<(long, string?, int, long, string, DateTime)>(
                Find, new { job = request.Job, scheduledAt }, transaction);
            var values = new
            {
                runId, job = request.Job, scheduledAt, token, owner = request.Owner, leaseSeconds = request.Lease.TotalSeconds, now,
                parameters = request.Parameters, requestedBy = Cut(request.RequestedBy, 128),
            };
            switch (state)
            {
                case null:
                    runId = await connection.ExecuteScalarAsync<long>(Insert, values, transaction);
                    return new OpenedRun(new RunLease(runId, token), 1, now, null);
                case "running" when owner == request.Owner:
                    return new OpenedRun(new RunLease(runId, heldToken), attempt, startedAt, null);
                case "failed" or "lost" when attempt < MostAttempts:
                    await connection.ExecuteAsync(ClaimAgain, values, transaction);
                    return new OpenedRun(new RunLease(runId, token), attempt + 1, now, null);
                default:
                    return new OpenedRun(null, attempt, startedAt, $"{request.Job} of {scheduledAt:u} is run {runId}, which is {state} after {attempt} attempt(s)");
            }
        }, cancellationToken);

    /// <summary>Keeps the lease and records where the run is. False: the lease is lost, and the work must stop.</summary>
    public Task<bool> HeartbeatAsync(RunLease lease, TimeSpan duration, string? step, double? progress, CancellationToken cancellationToken) =>
        ExecuteAsync(Heartbeat, new { lease.RunId, lease.Token, leaseSeconds = duration.TotalSeconds, step = Cut(step, 64), progress }, cancellationToken);

    /// <summary>Who wants this attempt of the run to stop, or null.</summary>
    public Task<string?> CancellationAsync(long runId, int attempt, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => connection.ExecuteScalarAsync<string?>(Cancellation, new { runId, attempt }), cancellationToken);

    /// <summary>Adds a line to the run's log; past <see cref="MostLogLines"/> lines it is dropped.</summary>
    public Task LogAsync(RunLease lease, string message, CancellationToken cancellationToken) =>
        ExecuteAsync(Log, new { lease.RunId, lease.Token, message = Cut(message, LongestText), mostLines = MostLogLines }, cancellationToken);

    /// <param name="metrics">JSON object.</param>
    /// <returns>False: the lease was lost before, and the run's end is another attempt's to record.</returns>
    public Task<bool> FinishAsync(RunLease lease, RunState state, string? reason, string metrics, CancellationToken cancellationToken) =>
        ExecuteAsync(Finish, new { lease.RunId, lease.Token, state = state.ToString().ToLowerInvariant(), reason = Cut(reason, LongestText), metrics }, cancellationToken);

    /// <summary>Makes sure, inside a publishing transaction, that the lease is still held, and keeps it so until the transaction ends.</summary>
    /// <returns>The database's clock.</returns>
    /// <exception cref="LeaseLostException">It is not.</exception>
    public static async Task<DateTime> HoldAsync(MySqlConnection connection, MySqlTransaction transaction, RunLease lease) =>
        await connection.QuerySingleOrDefaultAsync<DateTime?>(Hold, lease, transaction) ?? throw new LeaseLostException(lease);

    private Task<bool> ExecuteAsync(string sql, object values, CancellationToken cancellationToken) =>
        database.TransactAsync(async (connection, transaction) => await connection.ExecuteAsync(sql, values, transaction) > 0, cancellationToken);

    private static string? Cut(string? text, int length) => text?.Length > length ? text[..length] : text;
}

/// <summary>The run was taken over, or ended, while this process was away: nothing more of it may be published.</summary>
public sealed class LeaseLostException(RunLease lease) : Exception($"run {lease.RunId} is no longer held with token {lease.Token}");
