using System.Buffers.Text;
using System.Security.Cryptography;

namespace Pipeline.Dashboard.SignIn;

/// <summary>What cookies and links carry: 256 random bits. The database has their SHA-256 only.</summary>
internal static class Tokens
{
    private const int Bytes = 32;

    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>Null for what was never a token.</summary>
    public static byte[]? Hash(string? token)
    {
        if (token is not { Length: 43 } || !Base64Url.IsValid(token, out int length) || length != Bytes)
            return null;
        return SHA256.HashData(Base64Url.DecodeFromChars(token));
    }
}
