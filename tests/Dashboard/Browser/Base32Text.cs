using System.Globalization;
using Pipeline.Dashboard.SignIn;

namespace Pipeline.Dashboard.Tests.Browser;

/// <summary>What an authenticator does with a secret that somebody types into it.</summary>
internal static class Base32Text
{
    public static byte[] Decode(string text)
    {
        string bits = string.Concat(text.Select(letter => Convert.ToString(Base32.Letters.IndexOf(letter), 2).PadLeft(5, '0')));
        return [.. bits.Chunk(8).Where(chunk => chunk.Length == 8).Select(chunk => byte.Parse(new string(chunk), NumberStyles.BinaryNumber, CultureInfo.InvariantCulture))];
    }
}
