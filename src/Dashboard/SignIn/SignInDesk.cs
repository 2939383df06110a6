using Pipeline.Storage.MySql.Audit;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Dashboard.SignIn;

/// <summary>What an attempt came to. An answer never says whether the name, the password or the code was wrong.</summary>
/// <param name="Token">The new session's cookie, where it succeeded.</param>
/// <param name="Wait">How long attempts are not looked at, where there were too many.</param>
public readonly record struct SignInResult(string? Token, TimeSpan? Wait);

/// <summary>What became of a code that was asked for again.</summary>
/// <param name="Wait">How long codes are not looked at, where too many were wrong.</param>
public readonly record struct Confirmation(bool Right, TimeSpan? Wait);

/// <summary>
/// Lets operators in, and asks those inside for a code again. Every attempt that is looked at is counted and its outcome audited; of those
/// that come too early, the first of each pause is audited.
/// </summary>
public sealed class SignInDesk(
    OperatorStore operators, SessionStore sessions, AttemptStore attempts, EarlyAttempts early, AuditTrail audit, Passwords passwords, SecondFactors factors)
{
    private const string NotLookedAt = "not looked at: too many attempts";

    /// <summary>No operator has this number.</summary>
    private const long Nobody = 0;

    /// <summary>Who is refused is refused after the same work, whatever was wrong: a step of the database, like the time that a hash takes, tells.</summary>
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
        var factor = found?.TotpSecret is { } secret ? factors.Read(secret, code) : null;
        if (!right || found is not { DisabledAt: null } || factor is null)
            await sessions.SpendAsync(Nobody, factors.Decoy, new Actor("", address), "", cancellationToken);
        else if (await sessions.OpenAsync(new NewSession(found, Tokens.Hash(token)!, factor, rehash, address, userAgent), cancellationToken))
        {
            await attempts.SucceededAsync(name, address, cancellationToken);
            return new SignInResult(token, null);
        }
        await RefusedAsync(found, address, null, cancellationToken);
        return default;
    }

    /// <summary>Asks an operator who is signed in for a code again, before a step that is hard to undo.</summary>
    public async Task<Confirmation> ConfirmAsync(OpenSession session, string code, string address, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        var actor = new Actor(session.Name, address) { TokenId = session.TokenId };
        string subject = session.TokenId is { } token ? $"token {token}" : $"session {session.Id}";
        if (await attempts.BeginConfirmationAsync(session.OperatorId, cancellationToken) is { } wait)
        {
            if (early.IsFirstCode(session.OperatorId, wait))
                await audit.RecordAsync(actor.Did(AuditActions.CodeRefused, subject, null, NotLookedAt), cancellationToken);
            return new Confirmation(false, wait);
        }
        var found = await operators.FindAsync(session.OperatorId, cancellationToken);
        if (found is { TotpSecret: { } secret } && factors.Read(secret, code) is { } factor
            && await sessions.SpendAsync(found.Id, factor, actor, subject, cancellationToken))
        {
            await attempts.ConfirmedAsync(session.OperatorId, cancellationToken);
            return new Confirmation(true, null);
        }
        await audit.RecordAsync(actor.Did(AuditActions.CodeRefused, subject), cancellationToken);
        return default;
    }

    private async Task<Operator?> FindAsync(string name, CancellationToken cancellationToken) =>
        OperatorNames.IsValid(name) ? await operators.FindAsync(name, cancellationToken) : null;

    /// <summary>A name that is nobody's may be a password in the wrong field: it is not written down.</summary>
    private Task RefusedAsync(Operator? found, string address, string? because, CancellationToken cancellationToken) => audit.RecordAsync(
        new AuditEvent(
            found?.Name ?? "unknown", address, AuditActions.SignInRefused, found is null ? "an unknown name" : $"operator {found.Name}", null, because),
        cancellationToken);
}
