using System.Security.Cryptography;
using System.Text;

namespace Pipeline.Services.Gateway.Authentication;

/// <summary>What SCRAM-SHA-256 (RFC 5802, RFC 7677) keeps of a password: enough to check a proof, not enough to make one.</summary>
internal sealed class ScramCredential
{
    /// <summary>MongoDB's own count for SHA-256.</summary>
    private const int DefaultIterations = 15_000;

    /// <summary>With the block counter of PBKDF2 it fills one hash block, as in MongoDB.</summary>
    private const int SaltSize = 28;

    public ScramCredential(string user, string password)
        : this(user, password, RandomNumberGenerator.GetBytes(SaltSize), DefaultIterations)
    {
    }

    public ScramCredential(string user, string password, byte[] salt, int iterations)
    {
        if (user.Length == 0 || password.Length == 0)
            throw new ArgumentException("the gateway needs a user and a password");
        if (!password.All(c => c is >= ' ' and <= '~'))
            throw new ArgumentException("the password must be printable ASCII");
        (User, Salt, Iterations) = (user, salt, iterations);
        var salted = Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA256, SHA256.HashSizeInBytes);
        StoredKey = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        ServerKey = HMACSHA256.HashData(salted, "Server Key"u8);
    }

    public string User { get; }

    public byte[] Salt { get; }

    public int Iterations { get; }

    private byte[] StoredKey { get; }

    private byte[] ServerKey { get; }

    /// <summary>ClientKey = proof XOR HMAC(StoredKey, message), and its hash must be StoredKey.</summary>
    public bool Verify(ReadOnlySpan<byte> proof, string message)
    {
        if (proof.Length != SHA256.HashSizeInBytes)
            return false;
        var clientKey = HMACSHA256.HashData(StoredKey, Encoding.UTF8.GetBytes(message));
        for (var i = 0; i < clientKey.Length; i++)
            clientKey[i] ^= proof[i];
        return CryptographicOperations.FixedTimeEquals(SHA256.HashData(clientKey), StoredKey);
    }

    public byte[] Sign(string message) => HMACSHA256.HashData(ServerKey, Encoding.UTF8.GetBytes(message));
}
