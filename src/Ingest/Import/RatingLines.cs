using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Pipeline.Ingest.Events;

namespace Pipeline.Ingest.Import;

/// <summary>
/// Ratings as MovieLens publishes them, told apart by their first line: tabs (u.data), <c>::</c> (ratings.dat) or commas
/// (ratings.csv); user, title, stars, seconds since 1970. A header may come first. The event's id is made of the four values, so that
/// the same rating is the same event in whatever file and format it comes.
/// </summary>
internal sealed class RatingLines : ILineFormat
{
    private static readonly string[] Fields = ["userId", "contentId", "value", "occurredAt"];
    private static readonly string[] Separators = ["::", "\t", ","];
    private static readonly long LastSecond = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    private string? _separator;

    /// <summary>Public sets are decades old: the contract's limit is about live events.</summary>
    public TimeSpan MaxAge => TimeSpan.MaxValue;

    public bool TryRead(ReadOnlySpan<byte> line, IBufferWriter<byte> json, out Refusal? refusal)
    {
        refusal = null;
        var text = Encoding.UTF8.GetString(line);
        if (_separator is null)
        {
            _separator = Separators.FirstOrDefault(separator => text.Contains(separator, StringComparison.Ordinal));
            if (_separator is null)
            {
                refusal = new Refusal("missing_contentId", "a rating is user, title, stars and time, separated by tabs, '::' or commas");
                return true;
            }
            if (IsHeader(text.Split(_separator)[0]))
                return false;
        }

        var values = text.Split(_separator);
        if (values.Length < Fields.Length)
            refusal = new Refusal($"missing_{Fields[values.Length]}", $"{values.Length} of the {Fields.Length} columns user, title, stars, time");
        else if (!TryId(values[0], out var user))
            refusal = new Refusal("bad_userId", "the first column must be a whole number from 1");
        else if (!TryId(values[1], out var content))
            refusal = new Refusal("bad_contentId", "the second column must be a whole number from 1");
        else if (!double.TryParse(values[2], NumberStyles.Float, CultureInfo.InvariantCulture, out var stars) || stars is not (>= 0.5 and <= 5))
            refusal = new Refusal("bad_value", "the third column, the stars, must be a number in 0.5..5");
        else if (!double.TryParse(values[3], NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) || seconds < 0 || seconds > LastSecond)
            refusal = new Refusal("bad_occurredAt", "the fourth column, the time, must be seconds since 1970");
        else
            Write(json, user, content, stars, DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000)));
        return true;
    }

    private static bool IsHeader(string first) => first.Trim() is { Length: > 0 } name && (char.IsLetter(name[0]) || name[0] == '"');

    private static bool TryId(string text, out long id) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id) && id > 0;

    private static void Write(IBufferWriter<byte> output, long user, long content, double stars, DateTimeOffset at)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("eventId", IdOf(user, content, stars, at));
        json.WriteString("type", "rating");
        json.WriteString("occurredAt", at.UtcDateTime);
        json.WriteNumber("userId", user);
        json.WriteNumber("contentId", content);
        json.WriteNumber("value", stars);
        json.WriteEndObject();
    }

    /// <summary>UUID version 8 (RFC 9562): the beginning of SHA-256 over the values.</summary>
    private static Guid IdOf(long user, long content, double stars, DateTimeOffset at)
    {
        var values = string.Create(CultureInfo.InvariantCulture, $"rating|{user}|{content}|{stars:R}|{at.ToUnixTimeMilliseconds()}");
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes(values)).AsSpan(0, 16);
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
