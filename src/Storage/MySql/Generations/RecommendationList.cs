using System.Buffers;
using System.Text.Json;

namespace Pipeline.Storage.MySql.Generations;

/// <summary>Why a title stands in a list.</summary>
/// <param name="Kind">Such as <c>because_you_watched</c> or <c>popular</c>.</param>
/// <param name="ContentId">The title that it is because of, where there is one.</param>
public sealed record ListReason(string Kind, long? ContentId = null);

/// <param name="Score">Comparable inside one list only.</param>
public readonly record struct ListedItem(long ContentId, double Score, ListReason? Reason);

/// <summary>One member's list, best first.</summary>
public sealed record RecommendationList(long UserId, IReadOnlyList<ListedItem> Items);

/// <summary>The text of the column <c>items</c>: a JSON array of contentId, score and reason.</summary>
public static class ItemsJson
{
    public static string Write(IReadOnlyList<ListedItem> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        var buffer = new ArrayBufferWriter<byte>(items.Count * 96 + 2);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            foreach (var item in items)
            {
                writer.WriteStartObject();
                writer.WriteNumber("contentId", item.ContentId);
                writer.WriteNumber("score", item.Score);
                if (item.Reason is { } reason)
                {
                    writer.WriteStartObject("reason");
                    writer.WriteString("kind", reason.Kind);
                    if (reason.ContentId is { } because)
                        writer.WriteNumber("contentId", because);
                    writer.WriteEndObject();
                }
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        }
        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static IReadOnlyList<ListedItem> Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        var items = new List<ListedItem>(document.RootElement.GetArrayLength());
        foreach (var element in document.RootElement.EnumerateArray())
            items.Add(new ListedItem(element.GetProperty("contentId").GetInt64(), element.GetProperty("score").GetDouble(), ReadReason(element)));
        return items;
    }

    private static ListReason? ReadReason(JsonElement element)
    {
        if (!element.TryGetProperty("reason", out var reason) || reason.ValueKind != JsonValueKind.Object)
            return null;
        return new ListReason(
            reason.GetProperty("kind").GetString() ?? "",
            reason.TryGetProperty("contentId", out var because) ? because.GetInt64() : null);
    }
}
