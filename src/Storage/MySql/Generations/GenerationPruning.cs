using Dapper;

namespace Pipeline.Storage.MySql.Generations;

/// <summary>Deletes generations that nobody reads any more, in passes of bounded size, so that no lock and no undo log grows with them.</summary>
public sealed class GenerationPruning(Database database)
{
    /// <summary>Published generations kept for a way back, the served one included.</summary>
    public const int Keep = 5;

    /// <summary>Rows deleted in one transaction.</summary>
    public const int RowsPerPass = 2_000;

    private static readonly string MarkPrunable = EmbeddedText.Load("MySql/Generations/mark_prunable.sql");
    private static readonly string Prunable = EmbeddedText.Load("MySql/Generations/prunable.sql");
    private static readonly string Users = EmbeddedText.Load("MySql/Generations/prune_users.sql");
    private static readonly string Rows = EmbeddedText.Load("MySql/Generations/prune_rows.sql");
    private static readonly string MarkPruned = EmbeddedText.Load("MySql/Generations/mark_pruned.sql");

    /// <summary>The generations to delete; none of them is served, was served just before, or is being written by a live run.</summary>
    public Task<IReadOnlyList<long>> FindAsync(CancellationToken cancellationToken) =>
        database.TransactAsync<IReadOnlyList<long>>(async (connection, transaction) =>
        {
            await connection.ExecuteAsync(MarkPrunable, new { keep = Keep }, transaction);
            return (await connection.QueryAsync<long>(Prunable, transaction: transaction)).AsList();
        }, cancellationToken);

    /// <summary>The next users whose rows of <paramref name="generation"/> go; none when it is empty.</summary>
    public Task<IReadOnlyList<long>> NextUsersAsync(long generation, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<long>>(
            async connection => (await connection.QueryAsync<long>(Users, new { generation, most = RowsPerPass })).AsList(), cancellationToken);

    /// <summary>Deletes the rows up to and including <paramref name="lastUser"/>.</summary>
    public Task<int> DeleteAsync(long generation, long lastUser, CancellationToken cancellationToken) =>
        database.TransactAsync((connection, transaction) => connection.ExecuteAsync(Rows, new { generation, last = lastUser }, transaction), cancellationToken);

    public Task FinishAsync(long generation, CancellationToken cancellationToken) =>
        database.TransactAsync((connection, transaction) => connection.ExecuteAsync(MarkPruned, new { generation }, transaction), cancellationToken);
}
