using Dapper;

namespace Pipeline.Storage.MySql.Runs;

/// <summary>
/// Deletes what nobody looks back at any more: runs with their logs, alarms, sessions that ended long ago, attempts to sign in. A pass takes a bounded number
/// of rows, so that no lock and no undo log grows with what has piled up; it can be stopped anywhere and goes on the next time.
/// </summary>
public sealed class RunRetention(Database database)
{
    public const int RunsPerPass = 50;
    public const int RowsPerPass = 2_000;

    private static readonly string OldRuns = EmbeddedText.Load("MySql/Runs/old_runs.sql");
    private static readonly string DeleteLogs = EmbeddedText.Load("MySql/Runs/delete_logs.sql");
    private static readonly string DeleteRuns = EmbeddedText.Load("MySql/Runs/delete_runs.sql");

    private static readonly string[] Others =
        [EmbeddedText.Load("MySql/Alarms/prune.sql"), EmbeddedText.Load("MySql/Operators/prune_sessions.sql"), EmbeddedText.Load("MySql/Operators/prune_attempts.sql")];

    /// <returns>How many runs went.</returns>
    public async Task<int> PruneAsync(int days, CancellationToken cancellationToken)
    {
        int gone = 0;
        while (await FindAsync(days, cancellationToken) is { Count: > 0 } runs)
        {
            await RepeatAsync(DeleteLogs, new { runs, most = RowsPerPass }, cancellationToken);
            await database.TransactAsync((connection, transaction) => connection.ExecuteAsync(DeleteRuns, new { runs }, transaction), cancellationToken);
            gone += runs.Count;
        }
        foreach (string statement in Others)
            await RepeatAsync(statement, new { days, most = RowsPerPass }, cancellationToken);
        return gone;
    }

    private Task<IReadOnlyList<long>> FindAsync(int days, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<long>>(
            async connection => (await connection.QueryAsync<long>(OldRuns, new { days, most = RunsPerPass })).AsList(), cancellationToken);

    private async Task RepeatAsync(string statement, object values, CancellationToken cancellationToken)
    {
        int pass;
        do
            pass = await database.TransactAsync((connection, transaction) => connection.ExecuteAsync(statement, values, transaction), cancellationToken);
        while (pass == RowsPerPass);
    }
}
