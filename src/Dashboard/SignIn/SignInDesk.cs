using Pipeline.Storage.MySql.Audit;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Dashboard.SignIn;

/// <summary>What an attempt came to. An answer never says whether the name, the password or the code was wrong.</summary>
/// <param name="Token">The new session's cookie, where it succeeded.</param>
/// <param name="Wait">How long attempts are not looked at, where there were too many.</param>
public readonly record struct SignInResult(string? Token, TimeSpan? Wait);

/// <summary>Lets operators in, and asks those inside for a code again. Every attempt is counted and every outcome audited.</summary>
public sealed class SignInDesk(
    OperatorStore operators, SessionStore sessions, AttemptStore attempts, AuditTrail audit, Passwords passwords, SecondFactors factors)
{
    public async Task<SignInResult> SignInAsync(
        string name, string password, string code, string address, string userAgent, CancellationToken cancellationToken)
    {
        if (await attempts.BeginAsync(name, address, cancellationToken) is { } wait)
            return new SignInResult(null, wait);
        var found = OperatorNames.IsValid(name) ? await operators.FindAsync(name, cancellationToken) : null;
        var (right, rehash) = await passwords.VerifyAsync(found?.PasswordHash, password, cancellationToken);
        string token = Tokens.New();
        if (right && found is { TotpSecret: { } secret, DisabledAt: null } && factors.Read(secret, code) is { } factor
            && await sessions.OpenAsync(new NewSession(found, Tokens.Hash(token)!, factor, rehash, address, userAgent), cancellationToken))
        {
            await attempts.SucceededAsync(name, address, cancellationToken);
            return new SignInResult(token, null);
        }
        // A name that is nobody's may be a password in the wrong field: it is not written down.
        string subject = found is null ? "an unknown name" : $"operator {found.Name}";
        await audit.RecordAsync(new AuditEvent(found?.Name ?? "unknown", address, AuditActions.SignInRefused, subject), cancellationToken);
        return default;
    }

    /// <summary>Asks an operator who is signed in for a code again, before a step that is hard to undo.</summary>
    /// <returns>False: the code is wrong, was spent before, or too many were wrong lately.</returns>
    public async Task<bool> ConfirmAsync(OpenSession session, string code, string address, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        if (await attempts.BeginAsync(session.Name, address, cancellationToken) is not null)
            return false;
        var found = await operators.FindAsync(session.OperatorId, cancellationToken);
        if (found is { TotpSecret: { } secret } && factors.Read(secret, code) is { } factor && await sessions.SpendAsync(found.Id, factor, cancellationToken))
        {
            await attempts.SucceededAsync(session.Name, address, cancellationToken);
            return true;
        }
        await audit.RecordAsync(new AuditEvent(session.Name, address, AuditActions.CodeRefused, session.TokenId is { } token ? $"token {token}" : $"session {session.Id}"), cancellationToken);
        return false;
    }
}
