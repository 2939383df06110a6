using System.Security.Cryptography;
using System.Text;

namespace Pipeline.Dashboard;

/// <summary>
/// The dashboard's one secret. It stands in a file and never in the database: who can read the tables can neither compute codes nor
/// mend the audit. Every use has a key of its own, derived by HKDF (RFC 5869).
/// </summary>
public sealed class DashboardKey
{
    private const int FewestCharacters = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly byte[] _secret;

    private DashboardKey(byte[] secret) => _secret = secret;

    /// <summary>The key of a file, or null where there is none.</summary>
    /// <exception cref="IOException">The file cannot be read, or holds too little for a key.</exception>
    public static DashboardKey? Read(string? file)
    {
        if (file is null || !File.Exists(file))
            return null;
        string text = File.ReadAllText(file).Trim();
        return text.Length >= FewestCharacters
            ? new DashboardKey(Encoding.UTF8.GetBytes(text))
            : throw new IOException($"{file} holds {text.Length} characters: expected a random key of at least {FewestCharacters}");
    }

    /// <param name="use">What it is for; each use gives another key of 32 bytes.</param>
    public byte[] Derive(string use) => HKDF.DeriveKey(HashAlgorithmName.SHA256, _secret, 32, info: Encoding.UTF8.GetBytes(use));

    /// <summary>Encrypts for the database: nonce, tag and AES-256-GCM cipher text.</summary>
    public byte[] Seal(string use, byte[] plain)
    {
        ArgumentNullException.ThrowIfNull(plain);
        byte[] box = new byte[NonceBytes + TagBytes + plain.Length];
        RandomNumberGenerator.Fill(box.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(Derive(use), TagBytes);
        aes.Encrypt(box.AsSpan(0, NonceBytes), plain, box.AsSpan(NonceBytes + TagBytes), box.AsSpan(NonceBytes, TagBytes));
        return box;
    }

    /// <exception cref="CryptographicException">It was sealed under another key, or changed since.</exception>
    public byte[] Open(string use, byte[] box)
    {
        ArgumentNullException.ThrowIfNull(box);
        byte[] plain = new byte[box.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(Derive(use), TagBytes);
        aes.Decrypt(box.AsSpan(0, NonceBytes), box.AsSpan(NonceBytes + TagBytes), box.AsSpan(NonceBytes, TagBytes), plain);
        return plain;
    }
}
