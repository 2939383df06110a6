using Dapper;
using Pipeline.Storage.MySql.Audit;

namespace Pipeline.Storage.MySql.Operators;

/// <summary>A token in the list of an operator's own.</summary>
/// <param name="Name">What it is for.</param>
public sealed record ListedToken(long Id, string Name, OperatorRole Role, DateTime CreatedAt, DateTime ExpiresAt, DateTime? LastUsedAt);

/// <summary>Who a program asks for.</summary>
/// <param name="Role">What it may: the token's role, and never more than its operator has by now.</param>
public sealed record OpenToken(long Id, long OperatorId, string Name, OperatorRole Role);

/// <summary>Personal tokens for programs. The database has their SHA-256 only; the clock is the database's.</summary>
public sealed class TokenStore(Database database, AuditTrail audit)
{
    public const int LongestName = 64;
    public const int MostDays = 365;

    private static readonly string Add = EmbeddedText.Load("MySql/Operators/add_token.sql");
    private static readonly string Find = EmbeddedText.Load("MySql/Operators/find_token.sql");
    private static readonly string Touch = EmbeddedText.Load("MySql/Operators/touch_token.sql");
    private static readonly string Tokens = EmbeddedText.Load("MySql/Operators/tokens.sql");
    private static readonly string Revoke = EmbeddedText.Load("MySql/Operators/revoke_token.sql");

    public Task<long> AddAsync(long operatorId, string name, OperatorRole role, int days, byte[] tokenHash, Actor actor, CancellationToken cancellationToken) =>
        audit.ChangeAsync(async (connection, transaction) =>
        {
            long id = await connection.ExecuteScalarAsync<long>(
                Add, new { tokenHash, operatorId, name, role = OperatorStore.Text(role), days }, transaction);
            return (id, actor.Did(AuditActions.TokenAdd, $"token {id}", null, $"{name}, {OperatorStore.Text(role)}, {days} days"));
        }, cancellationToken);

    /// <summary>Who a token stands for; null where it was revoked, is too old, or was never one.</summary>
    public Task<OpenToken?> FindAsync(byte[] tokenHash, CancellationToken cancellationToken) =>
        database.ReadAsync(async connection =>
        {
            var (id, operatorId, name, held, granted, _) =
                await connection.QuerySingleOrDefaultAsync<(long, long, string?, string, string, DateTime?)>(Find, new { tokenHash });
            if (name is null)
                return null;
            await connection.ExecuteAsync(Touch, new { tokenId = id });
            var (most, wanted) = (OperatorStore.Role(held), OperatorStore.Role(granted));
            return new OpenToken(id, operatorId, name, wanted < most ? wanted : most);
        }, cancellationToken);

    /// <summary>Those that still work.</summary>
    public Task<IReadOnlyList<ListedToken>> ListAsync(long operatorId, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<ListedToken>>(
            async connection => [.. (await connection.QueryAsync<(long, string, string, DateTime, DateTime, DateTime?)>(Tokens, new { operatorId }))
                .Select(row => new ListedToken(row.Item1, row.Item2, OperatorStore.Role(row.Item3), row.Item4, row.Item5, row.Item6))], cancellationToken);

    /// <returns>False: the operator has no such token any more.</returns>
    public Task<bool> RevokeAsync(long operatorId, long tokenId, Actor actor, CancellationToken cancellationToken) =>
        audit.ChangeAsync(async (connection, transaction) =>
        {
            bool revoked = await connection.ExecuteAsync(Revoke, new { tokenId, operatorId }, transaction) == 1;
            return (revoked, revoked ? actor.Did(AuditActions.TokenRevoke, $"token {tokenId}") : null);
        }, cancellationToken);
}
