using Dapper;
using MySqlConnector;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Storage.MySql.Audit;

/// <summary>
/// Changes that leave a trace: the change and its row of <c>audit_entry</c> are one transaction, so there is neither without the other.
/// </summary>
public sealed class AuditTrail(Database database, AuditChain chain, AuditAnchor anchor)
{
    private const int LongestText = 16_000;

    private static readonly string LockHead = EmbeddedText.Load("MySql/Audit/lock_head.sql");
    private static readonly string Append = EmbeddedText.Load("MySql/Audit/append.sql");
    private static readonly string SearchRows = EmbeddedText.Load("MySql/Audit/search.sql");

    /// <summary>Makes a change and records it.</summary>
    /// <param name="change">
    /// Repeatable, as <see cref="Database.TransactAsync"/> asks. Returns the event to record, or null where nothing was changed.
    /// </param>
    public async Task<T> ChangeAsync<T>(
        Func<MySqlConnection, MySqlTransaction, Task<(T Result, AuditEvent? Event)>> change, CancellationToken cancellationToken)
    {
        var (result, head) = await database.TransactAsync(async (connection, transaction) =>
        {
            var (result, what) = await change(connection, transaction);
            return (result, what is null ? ((long, byte[])?)null : await AppendAsync(connection, transaction, what));
        }, cancellationToken);
        if (head is var (sequence, mac))
            await anchor.WriteAsync(sequence, mac, CancellationToken.None);
        return result;
    }

    /// <summary>Records what changed nothing in this database.</summary>
    public Task RecordAsync(AuditEvent what, CancellationToken cancellationToken) =>
        ChangeAsync<bool>((_, _) => Task.FromResult((true, (AuditEvent?)what)), cancellationToken);

    /// <summary>The newest entries first.</summary>
    /// <param name="actor">Exactly this one, with or without a token, or null for all.</param>
    /// <param name="action">Actions that start so, or null for all.</param>
    /// <param name="before">Only entries with a lower sequence number.</param>
    public Task<IReadOnlyList<AuditEntry>> SearchAsync(string? actor, string? action, long before, int most, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async connection => await ReadAsync(connection, SearchRows, new { actor, byToken = ByToken(actor), action, before, most }), cancellationToken);

    internal static async Task<IReadOnlyList<AuditEntry>> ReadAsync(MySqlConnection connection, string sql, object values) =>
        [.. (await connection.QueryAsync<Row>(sql, values)).Select(row => row.ToEntry())];

    private async Task<(long, byte[])> AppendAsync(MySqlConnection connection, MySqlTransaction transaction, AuditEvent given)
    {
        var what = given with
        {
            Actor = Cut(given.Actor, 64)!, Address = Cut(given.Address, 45)!, Subject = Cut(given.Subject, 255)!,
            Was = Cut(given.Was, LongestText), Became = Cut(given.Became, LongestText),
        };
        var (last, previous, at) = await connection.QuerySingleOrDefaultAsync<(long, byte[]?, DateTime)>(LockHead, transaction: transaction);
        if (previous is null)
            throw new InvalidOperationException("the audit's head is missing, so nothing can be added to its chain: './pipeline audit verify' says the same");
        long sequence = last + 1;
        byte[] mac = chain.Mac(previous, sequence, at, what);
        await connection.ExecuteAsync(
            Append, new { sequence, at, what.Actor, what.Address, what.Action, what.Subject, what.Was, what.Became, mac }, transaction);
        return (sequence, mac);
    }

    /// <summary>The pattern of what an actor's tokens did.</summary>
    private static string? ByToken(string? actor) =>
        actor is null ? null : actor.Replace("\\", "\\\\").Replace("%", "\\%").Replace("_", "\\_") + Actor.ByToken + "%";

    /// <summary>Never in the middle of a surrogate pair: what is read back must be what the MAC was made of.</summary>
    private static string? Cut(string? text, int length)
    {
        if (text is null || text.Length <= length)
            return text;
        return text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
    }

    private sealed record Row(
        long sequence_no, DateTime happened_at, string actor, string address, string action, string subject, string? was, string? became, byte[] mac)
    {
        public AuditEntry ToEntry() => new(sequence_no, happened_at, new AuditEvent(actor, address, action, subject, was, became), mac);
    }
}
