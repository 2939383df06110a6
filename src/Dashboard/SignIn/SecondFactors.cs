using System.Security.Cryptography;
using System.Text;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Dashboard.SignIn;

/// <summary>Secrets of authenticators and recovery codes, as the database may have them.</summary>
public sealed class SecondFactors(DashboardKey key, TimeProvider clock)
{
    private const string SecretUse = "totp secret";
    private const int RecoveryCodes = 10;

    /// <summary>50 bits of base32.</summary>
    private const int RecoveryLetters = 10;

    public byte[] NewSecret() => key.Seal(SecretUse, RandomNumberGenerator.GetBytes(Totp.SecretBytes));

    public byte[] OpenSecret(byte[] sealedSecret) => key.Open(SecretUse, sealedSecret);

    public static string[] NewRecoveryCodes() =>
        [.. Enumerable.Range(0, RecoveryCodes).Select(_ => RandomNumberGenerator.GetString(Base32.Letters, RecoveryLetters).Insert(RecoveryLetters / 2, "-"))];

    /// <summary>Keyed, because 50 bits alone could be searched by who has the table.</summary>
    public byte[] HashRecoveryCode(string code) => HMACSHA256.HashData(key.Derive("recovery code"), Encoding.UTF8.GetBytes(Letters(code)));

    /// <summary>What a typed code may be the proof of; whether it was spent before, the database says. Null for what cannot be a code.</summary>
    public SecondFactor? Read(byte[] sealedSecret, string typed)
    {
        string letters = Letters(typed);
        if (letters.Length == RecoveryLetters)
            return new SecondFactor.RecoveryCode(HashRecoveryCode(letters));
        return letters.Length == Totp.Digits && Totp.Match(OpenSecret(sealedSecret), letters, clock.GetUtcNow()) is { } step
            ? new SecondFactor.Step(step)
            : null;
    }

    /// <summary>A factor that nobody has: what it costs to look for one, and nothing else.</summary>
    internal SecondFactor Decoy { get; } = new SecondFactor.RecoveryCode(RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes));

    /// <summary>Without the blanks and dashes that people read a code with.</summary>
    private static string Letters(string typed) => string.Concat(typed.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();
}
