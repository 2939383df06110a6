using Pipeline.Storage.MySql.Audit;

namespace Pipeline.Storage.MySql.Operators;

/// <summary>What an operator may do. Each role may do what the ones before it may.</summary>
public enum OperatorRole
{
    /// <summary>Sees everything but the operators and the audit.</summary>
    Viewer,

    /// <summary>Runs and cancels jobs.</summary>
    Scientist,

    /// <summary>Decides what is served.</summary>
    Releaser,

    /// <summary>Decides who may do what.</summary>
    Admin,
}

/// <summary>Somebody who may use the dashboard.</summary>
/// <param name="PasswordHash">Null until the operator has enrolled.</param>
/// <param name="TotpSecret">Sealed; null until the operator has enrolled.</param>
public sealed record Operator(
    long Id, string Name, OperatorRole Role, string? PasswordHash, byte[]? TotpSecret, DateTime CreatedAt, DateTime? DisabledAt);

/// <summary>An operator in the list of all.</summary>
/// <param name="RecoveryCodes">How many are left.</param>
public sealed record ListedOperator(
    long Id, string Name, OperatorRole Role, bool Enrolled, DateTime CreatedAt, DateTime? DisabledAt, DateTime? LastSignInAt, long RecoveryCodes);

/// <summary>A one-time link.</summary>
/// <param name="TokenHash">SHA-256 of what the link carries.</param>
/// <param name="TotpSecret">Sealed; becomes the operator's when the link is used.</param>
public sealed record Invitation(byte[] TokenHash, byte[] TotpSecret, TimeSpan Lifetime);

/// <summary>A link that can still be used.</summary>
public sealed record OpenInvitation(long OperatorId, string Name, byte[] TotpSecret);

/// <summary>Who makes a change, for the audit.</summary>
public sealed record Actor(string Name, string Address)
{
    /// <summary>Between an operator's name and the number of the token that was used.</summary>
    internal const string ByToken = ", token ";

    /// <summary>The token of the program that asks in the operator's name; null for the operator themselves.</summary>
    public long? TokenId { get; init; }

    /// <summary>The entry of what this actor did, which names the token too.</summary>
    public AuditEvent Did(string action, string subject, string? was = null, string? became = null) =>
        new(TokenId is { } token ? $"{Name}{ByToken}{token}" : Name, Address, action, subject, was, became);
}

/// <summary>A change of operators that cannot be; the message says why.</summary>
public sealed class OperatorException(string message) : Exception(message);
