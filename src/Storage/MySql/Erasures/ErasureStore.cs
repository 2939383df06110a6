using Dapper;
using Pipeline.Storage.MySql.Runs;

namespace Pipeline.Storage.MySql.Erasures;

/// <summary>
/// The rows of <c>erasure</c>, for the run that works on one. Every step may be taken any number of times: what a step deletes is counted in
/// the transaction that deletes it where both are in MySQL, and before it is deleted where not.
/// </summary>
public sealed class ErasureStore(Database database)
{
    /// <summary>How long an erasure may take before somebody is sent to look after it again.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static readonly string SearchRows = EmbeddedText.Load("MySql/Erasures/search.sql");
    private static readonly string Begin = EmbeddedText.Load("MySql/Erasures/begin.sql");
    private static readonly string Member = EmbeddedText.Load("MySql/Erasures/member.sql");
    private static readonly string Bar = EmbeddedText.Load("MySql/Erasures/bar.sql");
    private static readonly string CountEvents = EmbeddedText.Load("MySql/Erasures/count_events.sql");
    private static readonly string Generations = EmbeddedText.Load("MySql/Erasures/generations.sql");
    private static readonly string DeleteAgeLimit = EmbeddedText.Load("MySql/Erasures/delete_age_limit.sql");
    private static readonly string DeleteList = EmbeddedText.Load("MySql/Erasures/delete_list.sql");
    private static readonly string CountList = EmbeddedText.Load("MySql/Erasures/count_list.sql");
    private static readonly string CountLists = EmbeddedText.Load("MySql/Erasures/count_lists.sql");
    private static readonly string CountCached = EmbeddedText.Load("MySql/Erasures/count_cached.sql");
    private static readonly string MarkModels = EmbeddedText.Load("MySql/Erasures/mark_models.sql");
    private static readonly string CountModels = EmbeddedText.Load("MySql/Erasures/count_models.sql");
    private static readonly string Due = EmbeddedText.Load("MySql/Erasures/due.sql");
    private static readonly string Take = EmbeddedText.Load("MySql/Erasures/take.sql");

    /// <summary>The newest first.</summary>
    /// <param name="before">Only those with a lower id.</param>
    public Task<IReadOnlyList<Erasure>> SearchAsync(long before, int most, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Erasure>>(
            async connection => [.. (await connection.QueryAsync<Row>(SearchRows, new { before, most })).Select(row => row.ToErasure())], cancellationToken);

    public async Task<Erasure?> FindAsync(long erasure, CancellationToken cancellationToken) =>
        erasure is > 0 and < long.MaxValue && await SearchAsync(erasure + 1, 1, cancellationToken) is [var found] && found.ErasureId == erasure ? found : null;

    /// <summary>Notes which run works on it.</summary>
    /// <returns>The member; null where there is no such erasure, or it is complete.</returns>
    public Task<long?> BeginAsync(long erasure, RunLease lease, CancellationToken cancellationToken) =>
        database.TransactAsync(async (connection, transaction) =>
        {
            await connection.ExecuteAsync(Begin, new { erasure, lease.RunId }, transaction);
            return await connection.ExecuteScalarAsync<long?>(Member, new { erasure }, transaction);
        }, cancellationToken);

    /// <summary>Notes that the tombstone is there.</summary>
    public Task BarredAsync(long erasure, CancellationToken cancellationToken) => ExecuteAsync(Bar, new { erasure }, cancellationToken);

    /// <summary>Adds to the counts of events, which are about to be deleted.</summary>
    public Task CountEventsAsync(long erasure, long events, long refused, CancellationToken cancellationToken) =>
        ExecuteAsync(CountEvents, new { erasure, events, refused }, cancellationToken);

    /// <summary>Generations of which lists may be left.</summary>
    public Task<IReadOnlyList<long>> GenerationsAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<long>>(async connection => (await connection.QueryAsync<long>(Generations)).AsList(), cancellationToken);

    /// <summary>Deletes the member's lists, and counts them; what is known of the member's age goes with them.</summary>
    /// <param name="erasure">Null for lists that a publication has just written itself.</param>
    public Task<int> DeleteListsAsync(long? erasure, long member, IReadOnlyList<long> generations, CancellationToken cancellationToken) =>
        database.TransactAsync(async (connection, transaction) =>
        {
            int deleted = 0;
            foreach (long generation in generations)
            {
                if (await connection.ExecuteAsync(DeleteList, new { generation, member }, transaction) == 0)
                    continue;
                await connection.ExecuteAsync(CountList, new { generation }, transaction);
                deleted++;
            }
            await connection.ExecuteAsync(DeleteAgeLimit, new { member }, transaction);
            await connection.ExecuteAsync(CountLists, new { erasure, lists = deleted }, transaction);
            return deleted;
        }, cancellationToken);

    public Task CountCachedAsync(long erasure, long cached, CancellationToken cancellationToken) =>
        ExecuteAsync(CountCached, new { erasure, cached }, cancellationToken);

    /// <summary>Marks every model of the registry as one that may have learned from the member, where the member had events.</summary>
    public Task<int> MarkModelsAsync(long erasure, CancellationToken cancellationToken) =>
        database.TransactAsync(async (connection, transaction) =>
        {
            int marked = await connection.ExecuteAsync(MarkModels, new { erasure }, transaction);
            await connection.ExecuteAsync(CountModels, new { erasure }, transaction);
            return marked;
        }, cancellationToken);

    /// <summary>Takes the erasures that are not complete and that nobody has looked after for a while.</summary>
    public async Task<IReadOnlyList<long>> TakeDueAsync(int most, CancellationToken cancellationToken)
    {
        var taken = new List<long>();
        foreach (long erasure in await database.ReadAsync(async connection => (await connection.QueryAsync<long>(Due, new { most })).AsList(), cancellationToken))
            if (await ExecuteAsync(Take, new { erasure, patience = Patience.TotalSeconds }, cancellationToken) == 1)
                taken.Add(erasure);
        return taken;
    }

    private Task<int> ExecuteAsync(string sql, object values, CancellationToken cancellationToken) =>
        database.TransactAsync((connection, transaction) => connection.ExecuteAsync(sql, values, transaction), cancellationToken);

    private sealed record Row(
        long erasure_id, byte[] member_digest, string requested_by, DateTime requested_at, long? run_id, DateTime? barred_at, long? events, long? refused,
        long? lists, long? cached, long? models, DateTime? completed_at)
    {
        public Erasure ToErasure() => new(
            erasure_id, Convert.ToHexStringLower(member_digest), requested_by, requested_at, run_id, barred_at, events, refused, lists, cached, models, completed_at);
    }
}
