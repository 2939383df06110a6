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

    public long IdOf(ReadOnlySpan<byte> token)
    {
        // 007 and 7 are two ids, so only a number as we would write it ourselves is taken as one.
        var canonical = token[0] != (byte)'0' || token.Length == 1;
        if (canonical && token[0] is >= (byte)'0' and <= (byte)'9'
            && Utf8Parser.TryParse(token, out long number, out var used) && used == token.Length)
        {
            return number;
        }
        var name = Encoding.UTF8.GetString(token);
        if (!named.TryGetValue(name, out var id))
            named.Add(name, id = long.MinValue + named.Count);
        return id;
    }
}
