using System.Data;
using System.Runtime.CompilerServices;
using Dapper;
using MySqlConnector;
using Pipeline.Storage.MySql.Audit;
using Pipeline.Storage.MySql.Runs;

namespace Pipeline.Storage.MySql.Generations;

/// <summary>What readers of a scope are served.</summary>
public sealed record ServingPointer(long GenerationId, long? PreviousGenerationId, long FencingToken, DateTime FlippedAt);

/// <param name="ModelId">Null for lists that are no model's.</param>
public sealed record ServedGeneration(long GenerationId, long? ModelId)
{
    /// <summary>For the audit.</summary>
    public override string ToString() => ModelId is null ? $"generation {GenerationId}" : $"generation {GenerationId}, model {ModelId}";
}

/// <summary>Generations of lists and the pointer that names the served one.</summary>
public sealed class GenerationStore(Database database)
{
    /// <summary>The scope that every reader uses unless its region is pinned.</summary>
    public const string GlobalScope = "global";

    private const int RowsPerPage = 1_000;

    /// <summary>Where moves of the pointer are written down; null where there is no key for an audit.</summary>
    public AuditTrail? Audit { get; init; }

    /// <summary>False for a proxy in front of MySQL that does not pass <c>LOAD DATA LOCAL</c> on.</summary>
    public bool UseLoadData { get; init; } = true;

    private static readonly string Create = EmbeddedText.Load("MySql/Generations/create.sql");
    private static readonly string LocalInfile = EmbeddedText.Load("MySql/Generations/local_infile.sql");
    private static readonly string InsertRow = EmbeddedText.Load("MySql/Generations/insert_row.sql");
    private static readonly string Page = EmbeddedText.Load("MySql/Generations/page.sql");
    private static readonly string List = EmbeddedText.Load("MySql/Generations/list.sql");
    private static readonly string Ends = EmbeddedText.Load("MySql/Generations/ends.sql");
    private static readonly string Pointer = EmbeddedText.Load("MySql/Generations/pointer.sql");
    private static readonly string FirstFlip = EmbeddedText.Load("MySql/Generations/first_flip.sql");
    private static readonly string Flip = EmbeddedText.Load("MySql/Generations/flip.sql");
    private static readonly string Unpin = EmbeddedText.Load("MySql/Generations/unpin.sql");
    private static readonly string Pinned = EmbeddedText.Load("MySql/Generations/pinned.sql");
    private static readonly string RecordFlip = EmbeddedText.Load("MySql/Generations/record_flip.sql");
    private static readonly string RunOfFlip = EmbeddedText.Load("MySql/Generations/run_of_flip.sql");
    private static readonly string ModelsOfFlip = EmbeddedText.Load("MySql/Generations/models_of_flip.sql");
    private static readonly string MarkPublished = EmbeddedText.Load("MySql/Generations/mark_published.sql");

    public Task<long> CreateAsync(string scope, RunLease lease, long? modelId, CancellationToken cancellationToken) =>
        database.TransactAsync(async (connection, transaction) =>
        {
            await RunStore.HoldAsync(connection, transaction, lease);
            return await connection.ExecuteScalarAsync<long>(Create, new { scope, runId = lease.RunId, modelId, token = lease.Token }, transaction);
        }, cancellationToken);

    /// <summary>
    /// Writes a batch of lists in one transaction, through <c>LOAD DATA LOCAL</c> where the server allows it and row by row where not.
    /// Rows that a broken connection had already committed are replaced by themselves.
    /// </summary>
    public Task WriteAsync(long generation, IReadOnlyList<RecommendationList> lists, CancellationToken cancellationToken) =>
        database.TransactAsync(async (connection, transaction) =>
        {
            if (UseLoadData && await connection.ExecuteScalarAsync<bool>(LocalInfile, transaction: transaction))
                await BulkCopyAsync(connection, transaction, generation, lists, cancellationToken);
            else
                await connection.ExecuteAsync(
                    InsertRow, lists.Select(list => new { generation, user = list.UserId, items = ItemsJson.Write(list.Items) }), transaction);
            return lists.Count;
        }, cancellationToken);

    /// <summary>Streams a generation's lists in the order of user ids, holding a page of them at a time.</summary>
    public async IAsyncEnumerable<RecommendationList> ReadAsync(long generation, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (long after = 0; ;)
        {
            var page = await database.ReadAsync(
                async connection => (await connection.QueryAsync<(long UserId, string Items)>(Page, new { generation, after, most = RowsPerPage })).AsList(),
                cancellationToken);
            foreach (var (user, items) in page)
                yield return new RecommendationList(user, ItemsJson.Read(items));
            if (page.Count < RowsPerPage)
                yield break;
            after = page[^1].UserId;
        }
    }

    /// <summary>One member's list, or null where the generation has none.</summary>
    public async Task<RecommendationList?> FindAsync(long generation, long user, CancellationToken cancellationToken)
    {
        string? items = await database.ReadAsync(
            connection => connection.QuerySingleOrDefaultAsync<string?>(List, new { generation, user }), cancellationToken);
        return items is null ? null : new RecommendationList(user, ItemsJson.Read(items));
    }

    /// <summary>The lowest and the highest user id of a generation, or null where it is empty.</summary>
    public async Task<(long First, long Last)?> EndsAsync(long generation, CancellationToken cancellationToken)
    {
        var (first, last) = await database.ReadAsync(
            connection => connection.QuerySingleAsync<(long?, long?)>(Ends, new { generation }), cancellationToken);
        return first is null || last is null ? null : (first.Value, last.Value);
    }

    /// <summary>What is served, or null before the first publication.</summary>
    public Task<ServingPointer?> PointerAsync(string scope, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => PointerAsync(connection, null, scope), cancellationToken);

    /// <summary>
    /// Moves the pointer to <paramref name="generation"/>: the moment of publication. Repeating it after a lost connection is harmless.
    /// </summary>
    /// <param name="expected">The generation served when the caller last looked; null where there was none.</param>
    /// <returns>False where somebody else moved the pointer, or a later run holds it.</returns>
    /// <exception cref="LeaseLostException">The run was taken over.</exception>
    public Task<bool> FlipAsync(string scope, long generation, long? expected, long lists, RunLease lease, CancellationToken cancellationToken)
    {
        return Audit is null
            ? database.TransactAsync(async (connection, transaction) => (await MoveAsync(connection, transaction)).Moved, cancellationToken)
            : Audit.ChangeAsync(MoveAsync, cancellationToken);

        async Task<(bool Moved, AuditEvent? Event)> MoveAsync(MySqlConnection connection, MySqlTransaction transaction)
        {
            await RunStore.HoldAsync(connection, transaction, lease);
            int moved = await connection.ExecuteAsync(
                expected is null ? FirstFlip : Flip, new { scope, generation, expected, token = lease.Token }, transaction);
            if (moved != 1)
                return (await PointerAsync(connection, transaction, scope) is { } held && held.GenerationId == generation && held.FencingToken == lease.Token, null);
            await connection.ExecuteAsync(RecordFlip, new { scope, runId = lease.RunId }, transaction);
            await connection.ExecuteAsync(MarkPublished, new { generation, lists }, transaction);
            return (true, await FlippedAsync(connection, transaction, scope, generation, expected, lease));
        }
    }

    /// <summary>Lets a region follow <see cref="GlobalScope"/> again. Repeating it after a lost connection is harmless.</summary>
    /// <param name="expected">The generation that it is pinned to.</param>
    /// <returns>False where it is pinned to another, or a later run has pinned it.</returns>
    /// <exception cref="LeaseLostException">The run was taken over.</exception>
    public Task<bool> UnpinAsync(string scope, long expected, RunLease lease, CancellationToken cancellationToken)
    {
        return Audit is null
            ? database.TransactAsync(async (connection, transaction) => (await DeleteAsync(connection, transaction)).Moved, cancellationToken)
            : Audit.ChangeAsync(DeleteAsync, cancellationToken);

        async Task<(bool Moved, AuditEvent? Event)> DeleteAsync(MySqlConnection connection, MySqlTransaction transaction)
        {
            await RunStore.HoldAsync(connection, transaction, lease);
            if (await connection.ExecuteAsync(Unpin, new { scope, expected, token = lease.Token }, transaction) != 1)
                return (await PointerAsync(connection, transaction, scope) is null, null);
            return (true, await FlippedAsync(connection, transaction, scope, null, expected, lease));
        }
    }

    /// <summary>The generations that regions are pinned to, ascending.</summary>
    public Task<IReadOnlyList<long>> PinnedAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<long>>(async connection => (await connection.QueryAsync<long>(Pinned)).AsList(), cancellationToken);

    /// <summary>The entry of a move, by whoever asked for its run: the generations and their models, before and after.</summary>
    private static async Task<AuditEvent> FlippedAsync(
        MySqlConnection connection, MySqlTransaction transaction, string scope, long? generation, long? expected, RunLease lease)
    {
        var (job, requestedBy) = await connection.QuerySingleAsync<(string, string)>(RunOfFlip, new { lease.RunId }, transaction);
        var models = (await connection.QueryAsync<(long Generation, long? Model)>(ModelsOfFlip, new { generation, expected }, transaction))
            .ToDictionary(row => row.Generation, row => row.Model);
        return new AuditEvent(requestedBy, "", AuditActions.GenerationFlip, scope == GlobalScope ? $"run {lease.RunId} of {job}" : $"run {lease.RunId} of {job}, for {scope}", Served(expected), Served(generation));

        string? Served(long? which) => which is { } id ? new ServedGeneration(id, models.GetValueOrDefault(id)).ToString() : null;
    }

    private static async Task<ServingPointer?> PointerAsync(MySqlConnection connection, MySqlTransaction? transaction, string scope)
    {
        var (generation, previous, token, at) =
            await connection.QuerySingleOrDefaultAsync<(long?, long?, long, DateTime)>(Pointer, new { scope }, transaction);
        return generation is null ? null : new ServingPointer(generation.Value, previous, token, at);
    }

    private static async Task BulkCopyAsync(
        MySqlConnection connection, MySqlTransaction transaction, long generation, IReadOnlyList<RecommendationList> lists, CancellationToken cancellationToken)
    {
        using var rows = new DataTable();
        rows.Columns.Add("generation_id", typeof(long));
        rows.Columns.Add("user_id", typeof(long));
        rows.Columns.Add("items", typeof(string));
        var copy = new MySqlBulkCopy(connection, transaction)
        {
            DestinationTableName = "recommendation",
            BulkCopyTimeout = 0,
            ConflictOption = MySqlBulkLoaderConflictOption.Replace,
        };
        await copy.WriteToServerAsync(Formatted(), rows.Columns.Count, cancellationToken);

        // Row by row and ahead of the server, which loads the ones before meanwhile.
        IEnumerable<DataRow> Formatted()
        {
            foreach (var (user, items) in lists.AsParallel().AsOrdered().Select(list => (list.UserId, ItemsJson.Write(list.Items))))
            {
                var row = rows.NewRow();
                row.ItemArray = [generation, user, items];
                yield return row;
            }
        }
    }
}
