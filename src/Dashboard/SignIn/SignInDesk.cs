using Pipeline.Storage.MySql.Audit;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Dashboard.SignIn;

/// <summary>What an attempt came to. An answer never says whether the name, the password or the code was wrong.</summary>
/// <param name="Token">The new session's cookie, where it succeeded.</param>
/// <param name="Wait">How long attempts are not looked at, where there were too many.</param>
public readonly record struct SignInResult(string? Token, TimeSpan? Wait);

/// <summary>
/// Lets operators in, and asks those inside for a code again. Every attempt that is looked at is counted and its outcome audited; of those
/// that come too early, the first of each pause is audited.
/// </summary>
public sealed class SignInDesk(
    OperatorStore operators, SessionStore sessions, AttemptStore attempts, EarlyAttempts early, AuditTrail audit, Passwords passwords, SecondFactors factors)
{
    private const string NotLookedAt = "not looked at: too many attempts";

    public async Task<SignInResult> SignInAsync(
        string name, string password, string code, string address, string userAgent, CancellationToken cancellationToken)
    {
        if (await attempts.BeginAsync(name, address, cancellationToken) is { } wait)
        {
            if (early.IsFirst(name, address, wait))
                await RefusedAsync(await FindAsync(name, cancellationToken), address, NotLookedAt, cancellationToken);
            return new SignInResult(null, wait);
        }
        var found = await FindAsync(name, cancellationToken);
        var (right, rehash) = await passwords.VerifyAsync(found?.PasswordHash, password, cancellationToken);
        string token = Tokens.New();
        if (right && found is { TotpSecret: { } secret, DisabledAt: null } && factors.Read(secret, code) is { } factor
            && await sessions.OpenAsync(new NewSession(found, Tokens.Hash(token)!, factor, rehash, address, userAgent), cancellationToken))
        {
            await attempts.SucceededAsync(name, address, cancellationToken);
            return new SignInResult(token, null);
        }
        await RefusedAsync(found, address, null, cancellationToken);
        return default;
    }

    /// <summary>Asks an operator who is signed in for a code again, before a step that is hard to undo.</summary>
    /// <returns>False: the code is wrong, was spent before, or too many were wrong lately.</returns>
    public async Task<bool> ConfirmAsync(OpenSession session, string code, string address, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        var actor = new Actor(session.Name, address) { TokenId = session.TokenId };
        string subject = session.TokenId is { } token ? $"token {token}" : $"session {session.Id}";
        if (await attempts.BeginAsync(session.Name, address, cancellationToken) is { } wait)
        {
            if (early.IsFirst(session.Name, address, wait))
                await audit.RecordAsync(actor.Did(AuditActions.CodeRefused, subject, null, NotLookedAt), cancellationToken);
            return false;
        }
        var found = await operators.FindAsync(session.OperatorId, cancellationToken);
        if (found is { TotpSecret: { } secret } && factors.Read(secret, code) is { } factor
            && await sessions.SpendAsync(found.Id, factor, actor, subject, cancellationToken))
        {
            await attempts.SucceededAsync(session.Name, address, cancellationToken);
            return true;
        }
        await audit.RecordAsync(actor.Did(AuditActions.CodeRefused, subject), cancellationToken);
        return false;
    }

    private async Task<Operator?> FindAsync(string name, CancellationToken cancellationToken) =>
        OperatorNames.IsValid(name) ? await operators.FindAsync(name, cancellationToken) : null;

    /// <summary>A name that is nobody's may be a password in the wrong field: it is not written down.</summary>
    private Task RefusedAsync(Operator? found, string address, string? because, CancellationToken cancellationToken) => audit.RecordAsync(
        new AuditEvent(
            found?.Name ?? "unknown", address, AuditActions.SignInRefused, found is null ? "an unknown name" : $"operator {found.Name}", null, because),
        cancellationToken);
}
