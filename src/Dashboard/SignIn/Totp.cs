using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Pipeline.Dashboard.SignIn;

/// <summary>Time-based one-time passwords, RFC 6238: HMAC-SHA-1, steps of 30 seconds, six digits, which every authenticator knows.</summary>
public static class Totp
{
    public const int Digits = 6;
    public const int StepSeconds = 30;
    public const int SecretBytes = 20;

    public static long StepAt(DateTimeOffset time) => time.ToUnixTimeSeconds() / StepSeconds;

    /// <summary>The code of a step.</summary>
    /// <param name="digits">6 to 8.</param>
    public static string Code(byte[] secret, long step, int digits = Digits) => Code(HMACSHA1.HashData, secret, step, digits);

    /// <param name="hmac">Key and data to MAC: the RFC's test vectors have three of them.</param>
    internal static string Code(Func<byte[], byte[], byte[]> hmac, byte[] secret, long step, int digits)
    {
        byte[] counter = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        byte[] mac = hmac(secret, counter);
        // RFC 4226, section 5.3: the last four bits say where the 31 bits are taken from.
        uint number = BinaryPrimitives.ReadUInt32BigEndian(mac.AsSpan(mac[^1] & 15)) & 0x7fff_ffff;
        return (number % (uint)Math.Pow(10, digits)).ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0');
    }

    /// <summary>The step whose code this is: the present one, or the one before for who types slowly (RFC 6238, section 5.2). Null for neither.</summary>
    public static long? Match(byte[] secret, string code, DateTimeOffset now)
    {
        long present = StepAt(now);
        long? matched = null;
        foreach (long step in (long[])[present - 1, present])
            if (CryptographicOperations.FixedTimeEquals(System.Text.Encoding.UTF8.GetBytes(Code(secret, step)), System.Text.Encoding.UTF8.GetBytes(code)))
                matched = step;
        return matched;
    }

    /// <summary>What an authenticator reads from the QR code.</summary>
    public static string Uri(byte[] secret, string name) =>
        $"otpauth://totp/Pipeline:{System.Uri.EscapeDataString(name)}?secret={Base32.Write(secret)}&issuer=Pipeline";
}
