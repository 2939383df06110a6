using System.Buffers.Text;
using System.Text;

namespace Pipeline.Models.Evaluation;

/// <summary>
/// Ids as a file writes them, as numbers: a whole number stands for itself, anything else is numbered from the smallest long upwards
/// in order of appearance, out of reach of written numbers. Files that belong together share one.
/// </summary>
public sealed class TokenIds
{
    private readonly Dictionary<string, long> named = new(StringComparer.Ordinal);
    private readonly List<string> names = [];

    public long IdOf(ReadOnlySpan<byte> token) => TryNumber(token, out var number) ? number : IdOf(Encoding.UTF8.GetString(token));

    /// <summary>The number of a name.</summary>
    internal long IdOf(string name)
    {
        if (!named.TryGetValue(name, out var id))
        {
            named.Add(name, id = long.MinValue + named.Count);
            names.Add(name);
        }
        return id;
    }

    /// <summary>Names are numbered from the smallest long upwards.</summary>
    internal int NameCount => names.Count;

    /// <summary>What an id stands for; null where it stands for itself.</summary>
    internal string? NameOf(long id) => id < 0 ? names[(int)(id - long.MinValue)] : null;

    internal static bool TryNumber(ReadOnlySpan<byte> token, out long number)
    {
        number = 0;
        // 007 and 7 are two ids, so only a number as we would write it ourselves is taken as one.
        return token[0] is >= (byte)'0' and <= (byte)'9'
            && (token[0] != (byte)'0' || token.Length == 1)
            && Utf8Parser.TryParse(token, out number, out var used)
            && used == token.Length;
    }
}
