using Dapper;
using MySqlConnector;
using Pipeline.Storage.MySql.Audit;

namespace Pipeline.Storage.MySql.Operators;

/// <summary>A session that is to begin.</summary>
/// <param name="TokenHash">SHA-256 of the cookie.</param>
/// <param name="Rehash">The password's hash at today's cost, where the stored one is of another.</param>
public sealed record NewSession(Operator Operator, byte[] TokenHash, SecondFactor Factor, string? Rehash, string Address, string UserAgent);

/// <summary>Who a request is from.</summary>
public sealed record OpenSession(long Id, long OperatorId, string Name, OperatorRole Role)
{
    /// <summary>Of a program that asks in the operator's name; null for a browser.</summary>
    public long? TokenId { get; init; }
}

/// <summary>A session in the list of an operator's own.</summary>
public sealed record ListedSession(long Id, string Address, string UserAgent, DateTime CreatedAt, DateTime LastSeenAt, DateTime ExpiresAt);

/// <summary>Sessions, and the second factors that are spent for them. The clock is the database's.</summary>
public sealed class SessionStore(Database database, AuditTrail audit)
{
    private static readonly string UseStep = EmbeddedText.Load("MySql/Operators/use_step.sql");
    private static readonly string UseRecoveryCode = EmbeddedText.Load("MySql/Operators/use_recovery_code.sql");
    private static readonly string OpenRow = EmbeddedText.Load("MySql/Operators/open_session.sql");
    private static readonly string Rehash = EmbeddedText.Load("MySql/Operators/rehash.sql");
    private static readonly string Find = EmbeddedText.Load("MySql/Operators/session.sql");
    private static readonly string Touch = EmbeddedText.Load("MySql/Operators/touch_session.sql");
    private static readonly string List = EmbeddedText.Load("MySql/Operators/sessions.sql");
    private static readonly string EndRow = EmbeddedText.Load("MySql/Operators/end_session.sql");

    /// <summary>A session ends after so long without a request.</summary>
    public static TimeSpan Idle { get; } = TimeSpan.FromMinutes(30);

    /// <summary>A session ends after so long whatever happens in it.</summary>
    public static TimeSpan Lifetime { get; } = TimeSpan.FromHours(8);

    /// <summary>Spends the second factor and begins the session, both or neither.</summary>
    /// <returns>False where the factor was spent before, or the operator was changed since the caller looked.</returns>
    public Task<bool> OpenAsync(NewSession session, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        var who = session.Operator;
        return audit.ChangeAsync(async (connection, transaction) =>
        {
            if (!await SpendAsync(connection, transaction, who.Id, session.Factor))
                return (false, null);
            int opened = await connection.ExecuteAsync(OpenRow, new
            {
                operatorId = who.Id, session.TokenHash, who.PasswordHash, session.Address, UserAgent = Cut(session.UserAgent, 255),
                lifetimeSeconds = Lifetime.TotalSeconds,
            }, transaction);
            if (opened != 1)
                return (false, null);
            if (session.Rehash is not null)
                await connection.ExecuteAsync(Rehash, new { operatorId = who.Id, passwordHash = session.Rehash, replaced = who.PasswordHash }, transaction);
            string with = session.Factor is SecondFactor.RecoveryCode ? "with a recovery code" : "with a code";
            return (true, (AuditEvent?)new AuditEvent(who.Name, session.Address, AuditActions.SignIn, $"operator {who.Name}", null, with));
        }, cancellationToken);
    }

    /// <summary>Spends a second factor on its own: the code that is asked for again before a grave step. A recovery code leaves an entry.</summary>
    /// <param name="subject">What it is spent in, such as <c>session 7</c>.</param>
    public Task<bool> SpendAsync(long operatorId, SecondFactor factor, Actor actor, string subject, CancellationToken cancellationToken) =>
        audit.ChangeAsync(async (connection, transaction) =>
        {
            bool spent = await SpendAsync(connection, transaction, operatorId, factor);
            return (spent, spent && factor is SecondFactor.RecoveryCode ? actor.Did(AuditActions.RecoveryCodeSpent, subject) : null);
        }, cancellationToken);

    /// <summary>The session of a cookie, or null where it has ended. </summary>
    /// <param name="active">Whether the operator did something: that keeps the session from being idle.</param>
    public Task<OpenSession?> FindAsync(byte[] tokenHash, bool active, CancellationToken cancellationToken) =>
        database.ReadAsync(async connection =>
        {
            var (sessionId, stale, operatorId, name, role) = await connection.QuerySingleOrDefaultAsync<(long, bool, long, string?, string)>(
                Find, new { tokenHash, idleSeconds = Idle.TotalSeconds });
            if (name is null)
                return null;
            if (stale && active)
                await connection.ExecuteAsync(Touch, new { sessionId });
            return new OpenSession(sessionId, operatorId, name, OperatorStore.Role(role));
        }, cancellationToken);

    public Task<IReadOnlyList<ListedSession>> ListAsync(long operatorId, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<ListedSession>>(async connection =>
            [.. (await connection.QueryAsync<(long, string, string, DateTime, DateTime, DateTime)>(List, new { operatorId, idleSeconds = Idle.TotalSeconds }))
                .Select(row => new ListedSession(row.Item1, row.Item2, row.Item3, row.Item4, row.Item5, row.Item6))], cancellationToken);

    /// <summary>Ends a session of this operator's, if it has not ended yet.</summary>
    /// <param name="action"><see cref="AuditActions.SignOut"/> or <see cref="AuditActions.SessionEnd"/>.</param>
    /// <returns>False: the operator has no such session any more.</returns>
    public Task<bool> EndAsync(long operatorId, long sessionId, Actor actor, string action, CancellationToken cancellationToken) =>
        audit.ChangeAsync(async (connection, transaction) =>
        {
            bool ended = await connection.ExecuteAsync(EndRow, new { sessionId, operatorId }, transaction) == 1;
            return (ended, ended ? actor.Did(action, $"session {sessionId}") : null);
        }, cancellationToken);

    private static async Task<bool> SpendAsync(MySqlConnection connection, MySqlTransaction transaction, long operatorId, SecondFactor factor) => factor switch
    {
        SecondFactor.Step step => await connection.ExecuteAsync(UseStep, new { operatorId, step = step.Number }, transaction) == 1,
        SecondFactor.RecoveryCode code => await connection.ExecuteAsync(UseRecoveryCode, new { operatorId, codeHash = code.Hash }, transaction) == 1,
        _ => throw new ArgumentOutOfRangeException(nameof(factor)),
    };

    private static string Cut(string text, int length) => text.Length > length ? text[..length] : text;
}
