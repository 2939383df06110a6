using System.Globalization;
using System.Text.Json;
using Pipeline.Ingest.Events;
using Pipeline.Storage.MySql.Titles;

namespace Pipeline.Ingest.Import;

/// <summary>A line of a catalogue, as <c>generate --catalog</c> writes it. Only <c>contentId</c> is required; unknown fields are passed over.</summary>
internal static class TitleLine
{
    private const long LargestId = (1L << 53) - 1;

    public static (CatalogTitle? Title, Refusal? Refusal) Read(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.ValueKind == JsonValueKind.Object
                ? (Title(json.RootElement), null)
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

    private static CatalogTitle Title(JsonElement title) => new(
        Id(title),
        Text(title, "nameKo", TitleStore.LongestName),
        Text(title, "nameEn", TitleStore.LongestName),
        Genres(title),
        Text(title, "language", TitleStore.LongestLanguage),
        Runtime(title),
        Date(title));

    private static long Id(JsonElement title)
    {
        if (Value(title, "contentId") is not { } value)
            throw new FieldException(new Refusal("missing_contentId", "contentId is required"));
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var id) && id is >= 1 and <= LargestId
            ? id
            : throw Bad("contentId", "a whole number in 1..2^53-1");
    }

    private static string? Text(JsonElement title, string name, int longest)
    {
        if (Value(title, name) is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.String && value.GetString() is { } text && text.Length <= longest
            ? text
            : throw Bad(name, $"text of at most {longest} characters");
    }

    private static string[] Genres(JsonElement title)
    {
        if (Value(title, "genres") is not { } value)
            return [];
        return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(genre => genre.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(genre => genre.GetString()!)]
            : throw Bad("genres", "an array of texts");
    }

    private static int? Runtime(JsonElement title)
    {
        if (Value(title, "runtimeSeconds") is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var seconds) && seconds > 0
            ? seconds
            : throw Bad("runtimeSeconds", "a whole number from 1");
    }

    private static DateOnly? Date(JsonElement title)
    {
        if (Value(title, "releaseDate") is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.String
            && DateOnly.TryParseExact(value.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : throw Bad("releaseDate", "a date such as 2026-11-22");
    }

    private static JsonElement? Value(JsonElement title, string name) =>
        title.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static FieldException Bad(string name, string form) => new(new Refusal($"bad_{name}", $"{name} must be {form}"));

    private sealed class FieldException(Refusal refusal) : Exception(refusal.Detail)
    {
        public Refusal Refusal => refusal;
    }
}
