using Dapper;
using MySqlConnector;
using Pipeline.Storage.MySql.Audit;

namespace Pipeline.Storage.MySql.Operators;

/// <summary>The operators and how they come to be. Every change is audited in its own transaction.</summary>
public sealed class OperatorStore(Database database, AuditTrail audit)
{
    private static readonly string Insert = EmbeddedText.Load("MySql/Operators/insert.sql");
    private static readonly string Invite = EmbeddedText.Load("MySql/Operators/invite.sql");
    private static readonly string Reset = EmbeddedText.Load("MySql/Operators/reset.sql");
    private static readonly string Invited = EmbeddedText.Load("MySql/Operators/invitation.sql");
    private static readonly string UseInvitation = EmbeddedText.Load("MySql/Operators/use_invitation.sql");
    private static readonly string Enrol = EmbeddedText.Load("MySql/Operators/enrol.sql");
    private static readonly string AddRecoveryCode = EmbeddedText.Load("MySql/Operators/add_recovery_code.sql");
    private static readonly string Find = EmbeddedText.Load("MySql/Operators/find.sql");
    private static readonly string Lock = EmbeddedText.Load("MySql/Operators/lock.sql");
    private static readonly string List = EmbeddedText.Load("MySql/Operators/list.sql");
    private static readonly string AnyEnrolled = EmbeddedText.Load("MySql/Operators/any_enrolled.sql");
    private static readonly string LockAdmins = EmbeddedText.Load("MySql/Operators/lock_admins.sql");
    private static readonly string SetRole = EmbeddedText.Load("MySql/Operators/set_role.sql");
    private static readonly string Disable = EmbeddedText.Load("MySql/Operators/disable.sql");
    private static readonly string ForgetRecoveryCodes = EmbeddedText.Load("MySql/Operators/forget_recovery_codes.sql");
    private static readonly string CountRecoveryCodes = EmbeddedText.Load("MySql/Operators/count_recovery_codes.sql");
    private static readonly string Access = EmbeddedText.Load("MySql/Operators/access.sql");
    private static readonly string Enable = EmbeddedText.Load("MySql/Operators/enable.sql");

    /// <summary>False until somebody can sign in.</summary>
    public Task<bool> AnyEnrolledAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(connection => connection.ExecuteScalarAsync<bool>(AnyEnrolled), cancellationToken);

    public Task<Operator?> FindAsync(string name, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => ReadAsync(connection, null, Find, new { operatorId = (long?)null, name }), cancellationToken);

    public Task<Operator?> FindAsync(long operatorId, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => ReadAsync(connection, null, Find, new { operatorId, name = (string?)null }), cancellationToken);

    public Task<IReadOnlyList<ListedOperator>> ListAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<ListedOperator>>(async connection =>
        {
            var rows = await connection.QueryAsync<(long Id, string Name, string Role, bool Enrolled, DateTime, DateTime?, DateTime?, long)>(List);
            return [.. rows.Select(row => new ListedOperator(row.Id, row.Name, Role(row.Role), row.Enrolled, row.Item5, row.Item6, row.Item7, row.Item8))];
        }, cancellationToken);

    /// <summary>Adds an operator, who enrols by the invitation.</summary>
    /// <exception cref="OperatorException">The name is taken.</exception>
    public Task<long> AddAsync(string name, OperatorRole role, Invitation invitation, Actor actor, CancellationToken cancellationToken) =>
        audit.ChangeAsync(async (connection, transaction) =>
        {
            long id;
            try
            {
                id = await connection.ExecuteScalarAsync<long>(Insert, new { name, role = Text(role) }, transaction);
            }
            catch (MySqlException error) when (error.ErrorCode == MySqlErrorCode.DuplicateKeyEntry)
            {
                throw new OperatorException($"there is an operator '{name}' already");
            }
            await InviteAsync(connection, transaction, id, invitation);
            return (id, Event(actor, AuditActions.OperatorAdd, name, null, Text(role)));
        }, cancellationToken);

    /// <summary>Takes password, second factor, recovery codes, sessions and tokens away, and invites the operator anew.</summary>
    /// <param name="lastAdmin">Whether the last admin may be reset too, by whoever is on the machine that the link is printed on.</param>
    /// <exception cref="OperatorException">There is no such operator, they are disabled, or no admin would be left.</exception>
    public Task ResetAsync(long operatorId, Invitation invitation, bool lastAdmin, Actor actor, CancellationToken cancellationToken) =>
        ChangeAsync(operatorId, async (connection, transaction, found) =>
        {
            if (found.DisabledAt is not null)
                throw new OperatorException($"{found.Name} is disabled: enable the account first");
            if (!lastAdmin)
                await KeepAnAdminAsync(connection, transaction, found);
            var (sessions, tokens) = await AccessAsync(connection, transaction, operatorId);
            await connection.ExecuteAsync(Reset, new { operatorId }, transaction);
            await InviteAsync(connection, transaction, operatorId, invitation);
            return Event(
                actor, AuditActions.OperatorReset, found.Name, $"{(found.PasswordHash is null ? "not enrolled yet" : "could sign in")}; sessions {sessions}, tokens {tokens}",
                "invited anew; sessions 0, tokens 0");
        }, cancellationToken);

    /// <summary>What a link stands for, or null where it is used, too old, or was never one.</summary>
    public Task<OpenInvitation?> InvitationAsync(byte[] tokenHash, CancellationToken cancellationToken) =>
        database.ReadAsync(async connection =>
        {
            var (id, name, secret) = await connection.QuerySingleOrDefaultAsync<(long, string?, byte[]?)>(Invited, new { tokenHash });
            return name is null || secret is null ? null : new OpenInvitation(id, name, secret);
        }, cancellationToken);

    /// <summary>Spends a link: the operator can sign in from now on.</summary>
    /// <param name="step">The time step of the code that proved the second factor; it and earlier ones are spent.</param>
    /// <returns>False: somebody else spent the link first.</returns>
    public Task<bool> EnrolAsync(
        byte[] tokenHash, OpenInvitation invitation, string passwordHash, long step, IEnumerable<byte[]> recoveryHashes, string address,
        CancellationToken cancellationToken) =>
        audit.ChangeAsync(async (connection, transaction) =>
        {
            if (await connection.ExecuteAsync(UseInvitation, new { tokenHash }, transaction) != 1)
                return (false, null);
            await connection.ExecuteAsync(Enrol, new { tokenHash, passwordHash, step }, transaction);
            await connection.ExecuteAsync(
                AddRecoveryCode, recoveryHashes.Select(codeHash => new { operatorId = invitation.OperatorId, codeHash }), transaction);
            return (true, Event(new Actor(invitation.Name, address), AuditActions.OperatorEnrol, invitation.Name));
        }, cancellationToken);

    /// <summary>Replaces an operator's recovery codes: those before work no more.</summary>
    /// <exception cref="OperatorException">There is no such operator.</exception>
    public Task RenewRecoveryCodesAsync(long operatorId, IReadOnlyCollection<byte[]> recoveryHashes, Actor actor, CancellationToken cancellationToken) =>
        ChangeAsync(operatorId, async (connection, transaction, found) =>
        {
            long left = await connection.ExecuteScalarAsync<long>(CountRecoveryCodes, new { operatorId }, transaction);
            await connection.ExecuteAsync(ForgetRecoveryCodes, new { operatorId }, transaction);
            await connection.ExecuteAsync(AddRecoveryCode, recoveryHashes.Select(codeHash => new { operatorId, codeHash }), transaction);
            return Event(actor, AuditActions.RecoveryRenew, found.Name, $"{left} recovery codes left", $"{recoveryHashes.Count} new recovery codes");
        }, cancellationToken);

    /// <summary>How many recovery codes an operator has left.</summary>
    public Task<long> RecoveryCodesAsync(long operatorId, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => connection.ExecuteScalarAsync<long>(CountRecoveryCodes, new { operatorId }), cancellationToken);

    /// <exception cref="OperatorException">There is no such operator, or no admin would be left.</exception>
    public Task ChangeRoleAsync(long operatorId, OperatorRole role, Actor actor, CancellationToken cancellationToken) =>
        ChangeAsync(operatorId, async (connection, transaction, found) =>
        {
            if (role != OperatorRole.Admin)
                await KeepAnAdminAsync(connection, transaction, found);
            await connection.ExecuteAsync(SetRole, new { operatorId, role = Text(role) }, transaction);
            return found.Role == role ? null : Event(actor, AuditActions.OperatorRole, found.Name, Text(found.Role), Text(role));
        }, cancellationToken);

    /// <summary>Ends the operator's sessions, tokens and links, and lets nobody in by that name.</summary>
    /// <exception cref="OperatorException">There is no such operator, or no admin would be left.</exception>
    public Task DisableAsync(long operatorId, Actor actor, CancellationToken cancellationToken) =>
        ChangeAsync(operatorId, async (connection, transaction, found) =>
        {
            await KeepAnAdminAsync(connection, transaction, found);
            var (sessions, tokens) = await AccessAsync(connection, transaction, operatorId);
            await connection.ExecuteAsync(Disable, new { operatorId }, transaction);
            return found.DisabledAt is not null
                ? null
                : Event(actor, AuditActions.OperatorDisable, found.Name, $"account open; sessions {sessions}, tokens {tokens}", "account closed; sessions 0, tokens 0");
        }, cancellationToken);

    /// <exception cref="OperatorException">There is no such operator.</exception>
    public Task EnableAsync(long operatorId, Actor actor, CancellationToken cancellationToken) =>
        ChangeAsync(operatorId, async (connection, transaction, found) =>
        {
            await connection.ExecuteAsync(Enable, new { operatorId }, transaction);
            return found.DisabledAt is { } since ? Event(actor, AuditActions.OperatorEnable, found.Name, $"account closed since {since:yyyy-MM-dd HH:mm:ss} UTC", "account open") : null;
        }, cancellationToken);

    internal static string Text(OperatorRole role) => role.ToString().ToLowerInvariant();

    internal static OperatorRole Role(string text) => Enum.Parse<OperatorRole>(text, ignoreCase: true);

    private static AuditEvent Event(Actor actor, string action, string name, string? was = null, string? became = null) =>
        actor.Did(action, $"operator {name}", was, became);

    private Task<bool> ChangeAsync(
        long operatorId, Func<MySqlConnection, MySqlTransaction, Operator, Task<AuditEvent?>> change, CancellationToken cancellationToken) =>
        audit.ChangeAsync(async (connection, transaction) =>
        {
            var found = await ReadAsync(connection, transaction, Lock, new { operatorId }) ?? throw new OperatorException($"there is no operator {operatorId}");
            return (true, await change(connection, transaction, found));
        }, cancellationToken);

    private static async Task KeepAnAdminAsync(MySqlConnection connection, MySqlTransaction transaction, Operator leaving)
    {
        var admins = await connection.QueryAsync<long>(LockAdmins, transaction: transaction);
        if (admins.All(id => id == leaving.Id) && leaving is { Role: OperatorRole.Admin, PasswordHash: not null })
            throw new OperatorException($"{leaving.Name} is the last admin: make another one first");
    }

    private static Task<(long Sessions, long Tokens)> AccessAsync(MySqlConnection connection, MySqlTransaction transaction, long operatorId) =>
        connection.QuerySingleAsync<(long, long)>(Access, new { operatorId }, transaction);

    private static Task<int> InviteAsync(MySqlConnection connection, MySqlTransaction transaction, long operatorId, Invitation invitation) =>
        connection.ExecuteAsync(
            Invite, new { operatorId, invitation.TokenHash, invitation.TotpSecret, lifetimeSeconds = invitation.Lifetime.TotalSeconds }, transaction);

    private static async Task<Operator?> ReadAsync(MySqlConnection connection, MySqlTransaction? transaction, string sql, object values)
    {
        var (id, name, role, hash, secret, created, disabled) =
            await connection.QuerySingleOrDefaultAsync<(long, string?, string, string?, byte[]?, DateTime, DateTime?)>(sql, values, transaction);
        return name is null ? null : new Operator(id, name, Role(role), hash, secret, created, disabled);
    }
}
