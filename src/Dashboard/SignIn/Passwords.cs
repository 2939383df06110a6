using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Pipeline.Dashboard.SignIn;

/// <summary>
/// Passwords by ASP.NET Core Identity's hasher: PBKDF2 with HMAC-SHA-512, at the cost that OWASP's Password Storage Cheat Sheet gives.
/// Each hash carries its function, iterations and salt, so a later cost applies to old hashes when their owners sign in.
/// </summary>
public sealed class Passwords : IDisposable
{
    public const int Iterations = 220_000;
    public const int Shortest = 12;

    /// <summary>Enough for a sentence; more would let a stranger choose how long hashing takes.</summary>
    public const int Longest = 256;

    private static readonly PasswordHasher<string> Hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = Iterations }));
    private static readonly string Nobodys = Hasher.HashPassword("", "nobody's");

    /// <summary>Hashing is meant to be slow: strangers may keep only half of the cores busy with it.</summary>
    private readonly SemaphoreSlim _gate = new(Math.Max(1, Environment.ProcessorCount / 2));

    public void Dispose() => _gate.Dispose();

    /// <summary>Why a password cannot be taken, or null where it can.</summary>
    public static string? Complaint(string password, string name) => password switch
    {
        null or { Length: < Shortest } => "The password is too short: at least 12 characters.",
        { Length: > Longest } => "The password is too long: at most 256 characters.",
        _ when password.Contains(name, StringComparison.OrdinalIgnoreCase) => "The password contains the name.",
        _ when password.Distinct().Count() < 5 => "The password repeats too few characters.",
        _ => null,
    };

    public Task<string> HashAsync(string password, CancellationToken cancellationToken) =>
        AloneAsync(() => Hasher.HashPassword("", password), cancellationToken);

    /// <summary>Takes as long for an account that does not exist, whose hash is null.</summary>
    /// <returns>Whether it is the password, and its hash at today's cost where the stored one is of another.</returns>
    public async Task<(bool Right, string? Rehash)> VerifyAsync(string? hash, string password, CancellationToken cancellationToken)
    {
        if (password.Length > Longest)
            password = "";
        var result = await AloneAsync(() => Hasher.VerifyHashedPassword("", hash ?? Nobodys, password), cancellationToken);
        if (hash is null || result == PasswordVerificationResult.Failed)
            return (false, null);
        return (true, result == PasswordVerificationResult.SuccessRehashNeeded ? await HashAsync(password, cancellationToken) : null);
    }

    private async Task<T> AloneAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            return work();
        }
        finally
        {
            _gate.Release();
        }
    }
}
