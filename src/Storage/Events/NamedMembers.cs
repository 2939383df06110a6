using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MongoDB.Bson;

namespace Pipeline.Storage.Events;

/// <summary>
/// Whom bytes name that nobody could take for an event: JSON with a member under whatever spelling, documents of the event store, lines of
/// ratings, and what broke on the way. In doubt it is one member too many: forgetting a broken line costs less than keeping somebody's.
/// </summary>
internal static class NamedMembers
{
    /// <summary>The contract's greatest id has as many.</summary>
    private const int MostDigits = 16;

    /// <summary>Names of a member, their letters only.</summary>
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase) { "userId", "user", "uid", "memberId", "member" };

    /// <summary>What their names have in common, for bytes that have no names.</summary>
    private static readonly string[] Words = ["user", "member"];

    public static IReadOnlySet<long> In(ReadOnlyMemory<byte> raw)
    {
        var named = new HashSet<long>();
        if (!ReadDocument(raw, named) && !ReadJson(raw.Span, named))
            Scan(raw.Span, named);
        return named;
    }

    /// <returns>False: it is no BSON document.</returns>
    private static bool ReadDocument(ReadOnlyMemory<byte> raw, HashSet<long> named)
    {
        if (raw.Length < 5 || BinaryPrimitives.ReadInt32LittleEndian(raw.Span) != raw.Length || raw.Span[^1] != 0)
            return false;
        try
        {
            using var document = new RawBsonDocument(raw.ToArray());
            if (document.TryGetValue("userId", out var member) && member.IsNumeric)
                named.Add(member.ToInt64());
            return true;
        }
        catch (Exception e) when (e is FormatException or BsonException or IOException or ArgumentException or OverflowException)
        {
            return false;
        }
    }

    /// <returns>False: it is no object of JSON, or none from some byte on, so what it names may be more than was read.</returns>
    private static bool ReadJson(ReadOnlySpan<byte> raw, HashSet<long> named)
    {
        bool isMember = false;
        int depth = 0;
        try
        {
            var reader = new Utf8JsonReader(raw);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return false;
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    // What is inside of a member's value is of the member too.
                    case JsonTokenType.PropertyName when !isMember || reader.CurrentDepth <= depth:
                        (isMember, depth) = (IsName(reader.GetString()!), reader.CurrentDepth);
                        break;
                    case JsonTokenType.EndObject when reader.CurrentDepth < depth:
                        isMember = false;
                        break;
                    case JsonTokenType.Number when isMember:
                        AddValue(reader.ValueSpan, named);
                        break;
                    case JsonTokenType.String when isMember:
                        AddValue(Encoding.UTF8.GetBytes(reader.GetString()!), named);
                        break;
                }
            }
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static bool IsName(string property) => Names.Contains(string.Concat(property.Where(char.IsLetter)));

    /// <summary>A number however it is written, or all whole numbers of a text.</summary>
    private static void AddValue(ReadOnlySpan<byte> value, HashSet<long> named)
    {
        if (double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsInteger(number) && Math.Abs(number) < 1e16)
            named.Add(long.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out long exact) ? exact : (long)number);
        else
            AddNumbers(value, named);
    }

    /// <summary>The number after each name of a member; where none has one, all whole numbers that stand alone.</summary>
    private static void Scan(ReadOnlySpan<byte> raw, HashSet<long> named)
    {
        string text = Encoding.Latin1.GetString(raw);
        foreach (string word in Words)
        {
            for (int at = text.IndexOf(word, StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf(word, at + 1, StringComparison.OrdinalIgnoreCase))
                AddNext(raw[(at + word.Length)..], named);
        }
        if (named.Count == 0)
            AddNumbers(raw, named);
    }

    private static void AddNext(ReadOnlySpan<byte> rest, HashSet<long> named)
    {
        const int furthest = 24;
        int start = 0;
        while (start < Math.Min(rest.Length, furthest) && !char.IsAsciiDigit((char)rest[start]) && rest[start] is not ((byte)',' or (byte)'}'))
            start++;
        int end = start;
        while (end < rest.Length && char.IsAsciiDigit((char)rest[end]))
            end++;
        if (end > start && end - start <= MostDigits)
            named.Add(long.Parse(rest[start..end], CultureInfo.InvariantCulture));
    }

    private static void AddNumbers(ReadOnlySpan<byte> text, HashSet<long> named)
    {
        for (int start = 0; start < text.Length;)
        {
            int end = start;
            while (end < text.Length && char.IsAsciiDigit((char)text[end]))
                end++;
            if (end > start && end - start <= MostDigits && !GoesOn(text, start - 1, -1) && !GoesOn(text, end, 1))
                named.Add(long.Parse(text[start..end], CultureInfo.InvariantCulture));
            start = Math.Max(end, start + 1);
        }
    }

    /// <summary>Whether a number is a part of something longer, such as a time, a UUID or a decimal.</summary>
    private static bool GoesOn(ReadOnlySpan<byte> text, int at, int step)
    {
        if (at < 0 || at >= text.Length)
            return false;
        if (char.IsAsciiLetterOrDigit((char)text[at]))
            return true;
        int beyond = at + step;
        return text[at] is (byte)'-' or (byte)'.' or (byte)':' && beyond >= 0 && beyond < text.Length && char.IsAsciiLetterOrDigit((char)text[beyond]);
    }
}
