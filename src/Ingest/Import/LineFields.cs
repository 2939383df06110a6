using System.Globalization;
using System.Text.Json;
using Pipeline.Ingest.Events;

namespace Pipeline.Ingest.Import;

/// <summary>A line that is a JSON object, read field by field; unknown fields are passed over, and null is as good as missing.</summary>
internal static class LineFields
{
    private const long LargestId = (1L << 53) - 1;
    private static readonly string[] TimeFormats = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <param name="row">Made of the object; throws by the methods below.</param>
    public static (T? Row, Refusal? Refusal) Read<T>(ReadOnlyMemory<byte> line, Func<JsonElement, T> row)
        where T : class
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.ValueKind == JsonValueKind.Object
                ? (row(json.RootElement), null)
                : (null, Refusal.NotJson("not an object"));
        }
        catch (JsonException e)
        {
            return (null, Refusal.NotJson($"malformed at byte {e.BytePositionInLine}"));
        }
        catch (FieldException e)
        {
            return (null, e.Refusal);
        }
    }

    public static long Id(JsonElement row, string name) =>
        Required(row, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var id) && id is >= 1 and <= LargestId
            ? id
            : throw Bad(name, "a whole number in 1..2^53-1");

    public static string? Text(JsonElement row, string name, int longest)
    {
        if (Value(row, name) is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.String && value.GetString() is { } text && text.Length <= longest
            ? text
            : throw Bad(name, $"text of at most {longest} characters");
    }

    public static string[] Texts(JsonElement row, string name)
    {
        if (Value(row, name) is not { } value)
            return [];
        return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(text => text.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(text => text.GetString()!)]
            : throw Bad(name, "an array of texts");
    }

    public static int? Whole(JsonElement row, string name, int least, int most)
    {
        if (Value(row, name) is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most
            ? number
            : throw Bad(name, most == int.MaxValue ? $"a whole number from {least}" : $"a whole number from {least} to {most}");
    }

    public static DateOnly? Date(JsonElement row, string name)
    {
        if (Value(row, name) is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.String
            && DateOnly.TryParseExact(value.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : throw Bad(name, "a date such as 2026-11-22");
    }

    /// <returns>UTC; of a text without offset, which is refused, nothing.</returns>
    public static DateTime? Time(JsonElement row, string name)
    {
        if (Value(row, name) is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.String
            && DateTime.TryParseExact(value.GetString(), TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var time)
            && time.Kind == DateTimeKind.Utc
            ? time
            : throw Bad(name, "a time with offset, such as 2026-11-22T00:00:00Z");
    }

    public static JsonElement Required(JsonElement row, string name) =>
        Value(row, name) ?? throw new FieldException(new Refusal($"missing_{name}", $"{name} is required"));

    public static Exception Bad(string name, string form) => new FieldException(new Refusal($"bad_{name}", $"{name} must be {form}"));

    private static JsonElement? Value(JsonElement row, string name) =>
        row.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private sealed class FieldException(Refusal refusal) : Exception(refusal.Detail)
    {
        public Refusal Refusal => refusal;
    }
}
