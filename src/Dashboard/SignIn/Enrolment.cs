using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Dashboard.SignIn;

/// <summary>What enrolment came to: recovery codes to keep, or what to put right.</summary>
/// <param name="RecoveryCodes">Shown once; null where it did not succeed.</param>
/// <param name="Complaint">What is to be put right; null where the link was spent meanwhile, too.</param>
public readonly record struct Enrolled(string[]? RecoveryCodes, string? Complaint);

/// <summary>One-time links, by which operators choose a password that nobody else ever knew and set up their second factor.</summary>
public sealed class Enrolment(OperatorStore operators, Passwords passwords, SecondFactors factors)
{
    public const string Path = "/enrol/";

    public static TimeSpan LinkLifetime { get; } = TimeSpan.FromHours(24);

    /// <summary>Adds an operator.</summary>
    /// <returns>The path of the one-time link.</returns>
    /// <exception cref="OperatorException">The name cannot be one, or is taken.</exception>
    public async Task<string> AddAsync(string name, OperatorRole role, Actor actor, CancellationToken cancellationToken)
    {
        if (!OperatorNames.IsValid(name))
            throw new OperatorException($"'{name}' cannot be an operator's name: expected {OperatorNames.Form}");
        var (token, invitation) = Invite();
        await operators.AddAsync(name, role, invitation, actor, cancellationToken);
        return Path + token;
    }

    /// <summary>Takes everything away by which an operator could sign in.</summary>
    /// <returns>The path of the one-time link to enrol anew.</returns>
    /// <param name="lastAdmin">Whether the last admin may be reset too; until they enrol anew, nobody is one.</param>
    /// <exception cref="OperatorException">There is no such operator, they are disabled, or no admin would be left.</exception>
    public async Task<string> ResetAsync(long operatorId, bool lastAdmin, Actor actor, CancellationToken cancellationToken)
    {
        var (token, invitation) = Invite();
        await operators.ResetAsync(operatorId, invitation, lastAdmin, actor, cancellationToken);
        return Path + token;
    }

    /// <summary>What a link stands for and the secret to show, or null where it is spent, too old, or was never one.</summary>
    public async Task<(string Name, byte[] Secret)?> FindAsync(string token, CancellationToken cancellationToken) =>
        Tokens.Hash(token) is { } hash && await operators.InvitationAsync(hash, cancellationToken) is { } open
            ? (open.Name, factors.OpenSecret(open.TotpSecret))
            : null;

    public async Task<Enrolled> EnrolAsync(string token, string password, string code, string address, CancellationToken cancellationToken)
    {
        if (Tokens.Hash(token) is not { } hash || await operators.InvitationAsync(hash, cancellationToken) is not { } open)
            return default;
        if (Passwords.Complaint(password, open.Name) is { } complaint)
            return new Enrolled(null, complaint);
        if (factors.Read(open.TotpSecret, code) is not SecondFactor.Step step)
            return new Enrolled(null, "The code does not fit. Take the one that the authenticator shows now.");
        string[] codes = SecondFactors.NewRecoveryCodes();
        return await operators.EnrolAsync(
            hash, open, await passwords.HashAsync(password, cancellationToken), step.Number, codes.Select(factors.HashRecoveryCode), address, cancellationToken)
            ? new Enrolled(codes, null)
            : default;
    }

    private (string Token, Invitation Invitation) Invite()
    {
        string token = Tokens.New();
        return (token, new Invitation(Tokens.Hash(token)!, factors.NewSecret(), LinkLifetime));
    }
}
