using System.Text;

namespace Pipeline.Jobs.Alarms;

/// <summary>Where alarms are delivered to.</summary>
/// <param name="Key">What deliveries are signed with; the receiver has it too.</param>
public sealed record WebhookSettings(Uri Address, ReadOnlyMemory<byte> Key)
{
    /// <summary>Of a key: Standard Webhooks asks for 24 to 64 bytes.</summary>
    public const int FewestKeyBytes = 24;

    /// <summary>Before a secret as Standard Webhooks spells it, for receivers that use one of its libraries.</summary>
    private const string Prefix = "whsec_";

    /// <summary>The key of a secret: the bytes that it spells in base64 after <c>whsec_</c>, else those of its text.</summary>
    /// <returns>Null where it is no key.</returns>
    public static byte[]? ReadKey(string secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        byte[] key = new byte[secret.Length];
        if (!secret.StartsWith(Prefix, StringComparison.Ordinal))
            key = Encoding.UTF8.GetBytes(secret);
        else if (Convert.TryFromBase64String(secret[Prefix.Length..], key, out int length))
            key = key[..length];
        else
            return null;
        return key.Length >= FewestKeyBytes ? key : null;
    }
}
