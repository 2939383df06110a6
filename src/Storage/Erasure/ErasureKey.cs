using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Pipeline.Storage.Erasure;

/// <summary>
/// The secret under which erased members are remembered. It stands in a file and never beside what it protects: without it a digest says
/// nothing about a member, and who has only the databases cannot try all ids.
/// </summary>
public sealed class ErasureKey
{
    /// <summary>Both workers are given the file under this name.</summary>
    public const string FileVariable = "PIPELINE_ERASURE_KEY_FILE";

    public const int DigestBytes = 16;

    private const int FewestCharacters = 32;

    private readonly byte[] _secret;

    private ErasureKey(byte[] secret) => _secret = secret;

    /// <param name="file">Null where none is named.</param>
    /// <returns>Null where none is named.</returns>
    /// <exception cref="ErasureKeyException">The file cannot be read, or holds too little for a key.</exception>
    public static ErasureKey? Read(string? file)
    {
        if (string.IsNullOrWhiteSpace(file))
            return null;
        string text;
        try
        {
            text = File.ReadAllText(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ErasureKeyException($"{FileVariable} names a file that cannot be read: {e.Message}");
        }
        return text.Length >= FewestCharacters
            ? new ErasureKey(Encoding.UTF8.GetBytes(text))
            : throw new ErasureKeyException($"{FileVariable} names a file of {text.Length} characters: expected a random key of at least {FewestCharacters}");
    }

    /// <summary>HMAC-SHA256 of a member's id (8 bytes, little endian), cut to 128 bits. No member has id 0: its digest tells keys apart.</summary>
    public byte[] Digest(long member)
    {
        Span<byte> id = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(id, member);
        return HMACSHA256.HashData(_secret, id)[..DigestBytes];
    }
}

/// <summary>There is no key, or another than the one that members were erased under. Nothing is read or written without it.</summary>
public sealed class ErasureKeyException(string message) : Exception(message);
