using System.Data;
using Dapper;
using MySqlConnector;
using Pipeline.Storage.MySql.Runs;

namespace Pipeline.Storage.MySql.Popularity;

/// <summary>One title's place in one window and region, from 1.</summary>
/// <param name="Views">Hours watched / runtime.</param>
/// <param name="UniqueViewers">Users past two minutes.</param>
/// <param name="Score">Time-decayed trend.</param>
public readonly record struct PopularityRow(
    string Window, string Region, int Rank, long ContentId, double Views, long UniqueViewers, double HoursWatched, double Score);

/// <summary>The titles of one window and region, best first.</summary>
public sealed record PopularTitles(string Window, string Region, IReadOnlyList<long> ContentIds);

/// <summary>The table <c>popularity</c>. Rows of one computation become visible together.</summary>
public sealed class PopularityStore(Database database)
{
    /// <summary>Computations kept.</summary>
    public const int Keep = 5;

    private const int RowsPerPass = 5_000;

    private static readonly string Served = EmbeddedText.Load("MySql/Popularity/served.sql");
    private static readonly string Top = EmbeddedText.Load("MySql/Popularity/top.sql");
    private static readonly string OldestKept = EmbeddedText.Load("MySql/Popularity/oldest_kept.sql");
    private static readonly string Prune = EmbeddedText.Load("MySql/Popularity/prune.sql");
    private static readonly string DeleteStale = EmbeddedText.Load("MySql/Popularity/delete_stale.sql");
    private static readonly string InsertRow = EmbeddedText.Load("MySql/Popularity/insert_row.sql");
    private static readonly string LocalInfile = EmbeddedText.Load("MySql/Generations/local_infile.sql");

    /// <summary>
    /// Writes one computation in one transaction, and returns its time by the database's clock. A window and region that it has nothing of
    /// ends with it: its earlier rows are deleted in the same transaction.
    /// </summary>
    /// <param name="rows">None where nothing at all was watched.</param>
    /// <exception cref="LeaseLostException">The run was taken over.</exception>
    public Task<DateTime> WriteAsync(RunLease lease, IReadOnlyList<PopularityRow> rows, CancellationToken cancellationToken) =>
        database.TransactAsync(async (connection, transaction) =>
        {
            var computedAt = await RunStore.HoldAsync(connection, transaction, lease);
            if (rows.Count > 0 && await connection.ExecuteScalarAsync<bool>(LocalInfile, transaction: transaction))
                await BulkCopyAsync(connection, transaction, computedAt, rows, cancellationToken);
            else
                await connection.ExecuteAsync(InsertRow, rows.Select(row => new
                {
                    row.Window, row.Region, computedAt, row.Rank, row.ContentId, row.Views, row.UniqueViewers, row.HoursWatched, row.Score,
                }), transaction);
            await connection.ExecuteAsync(DeleteStale, new { computedAt }, transaction);
            return computedAt;
        }, cancellationToken);

    /// <summary>What readers of the table see now.</summary>
    public async Task<IReadOnlyList<PopularTitles>> ServedAsync(CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            connection => connection.QueryAsync<(string Window, string Region, long ContentId)>(Served), cancellationToken);
        return [.. rows.GroupBy(row => (row.Window, row.Region))
            .Select(group => new PopularTitles(group.Key.Window, group.Key.Region, [.. group.Select(row => row.ContentId)]))];
    }

    /// <summary>The titles of one window and region with their scores, best first; empty where there are none.</summary>
    public Task<IReadOnlyList<(long ContentId, double Score)>> TopAsync(string window, string region, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<(long, double)>>(
            async connection => (await connection.QueryAsync<(long, double)>(Top, new { window, region })).AsList(), cancellationToken);

    /// <summary>Deletes all but the newest <see cref="Keep"/> computations, in bounded passes, and returns how many rows went.</summary>
    public async Task<int> PruneAsync(CancellationToken cancellationToken)
    {
        var before = await database.ReadAsync(
            connection => connection.ExecuteScalarAsync<DateTime?>(OldestKept, new { keep = Keep }), cancellationToken);
        if (before is null)
            return 0;
        for (int deleted = 0; ;)
        {
            int pass = await database.TransactAsync(
                (connection, transaction) => connection.ExecuteAsync(Prune, new { before, most = RowsPerPass }, transaction), cancellationToken);
            deleted += pass;
            if (pass < RowsPerPass)
                return deleted;
        }
    }

    private static async Task BulkCopyAsync(
        MySqlConnection connection, MySqlTransaction transaction, DateTime computedAt, IReadOnlyList<PopularityRow> rows, CancellationToken cancellationToken)
    {
        using var table = new DataTable();
        foreach (var (name, type) in (ReadOnlySpan<(string, Type)>)
            [("window_name", typeof(string)), ("region", typeof(string)), ("computed_at", typeof(DateTime)), ("rank_no", typeof(int)),
             ("content_id", typeof(long)), ("views", typeof(double)), ("unique_viewers", typeof(long)), ("hours_watched", typeof(double)), ("score", typeof(double))])
            table.Columns.Add(name, type);
        foreach (var row in rows)
            table.Rows.Add(row.Window, row.Region, computedAt, row.Rank, row.ContentId, row.Views, row.UniqueViewers, row.HoursWatched, row.Score);
        var copy = new MySqlBulkCopy(connection, transaction) { DestinationTableName = "popularity", BulkCopyTimeout = 0 };
        await copy.WriteToServerAsync(table, cancellationToken);
    }
}
