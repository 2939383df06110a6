using System.Text;

namespace Pipeline.Dashboard.SignIn;

/// <summary>RFC 4648 base32 without padding: how authenticators take secrets, and how people type recovery codes.</summary>
internal static class Base32
{
    public const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static string Write(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        int bits = 0, held = 0;
        foreach (byte value in bytes)
        {
            held = (held << 8) | value;
            for (bits += 8; bits >= 5; bits -= 5)
                text.Append(Letters[(held >> (bits - 5)) & 31]);
            held &= (1 << bits) - 1;
        }
        if (bits > 0)
            text.Append(Letters[(held << (5 - bits)) & 31]);
        return text.ToString();
    }
}
