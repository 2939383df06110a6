using System.Globalization;
using System.Text.Json;

namespace Pipeline.Dashboard.Texts;

/// <summary>Numbers as people read them.</summary>
internal static class Amounts
{
    /// <summary>Such as 0.80 s, 12 s, 3:05 or 1:02:09.</summary>
    public static string Duration(double seconds)
    {
        if (seconds < 10)
            return $"{seconds.ToString("0.00", CultureInfo.InvariantCulture)} s";
        var span = TimeSpan.FromSeconds(Math.Round(seconds));
        return span.TotalMinutes < 1 ? $"{span.TotalSeconds:0} s"
            : span.TotalHours < 1 ? $"{span.Minutes}:{span.Seconds:00}"
            : $"{(int)span.TotalHours}:{span.Minutes:00}:{span.Seconds:00}";
    }

    /// <summary>The same in the reader's language.</summary>
    public static string Duration(double seconds, Words words)
    {
        ArgumentNullException.ThrowIfNull(words);
        string duration = Duration(seconds);
        return duration.EndsWith(" s", StringComparison.Ordinal) ? words["{0} s", duration[..^2]] : duration;
    }

    /// <summary>Such as 40 s, 12 min, 3.5 h or 2 d: how old something is, where nobody counts seconds.</summary>
    public static string Age(TimeSpan span, Words words)
    {
        ArgumentNullException.ThrowIfNull(words);
        return span.TotalSeconds < 90 ? words["{0} s", Short(Math.Max(0, span.TotalSeconds), "0")]
            : span.TotalMinutes < 90 ? words["{0} min", Short(span.TotalMinutes, "0")]
            : span.TotalHours < 48 ? words["{0} h", Short(span.TotalHours, "0.#")]
            : words["{0} d", Short(span.TotalDays, "0")];
    }

    /// <summary>A mean and the interval that it lies in.</summary>
    public static string Interval(Pages.Measured measured) => measured.Low == measured.High
        ? measured.Mean.ToString("0.####", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{measured.Mean:0.0000} [{measured.Low:0.0000}, {measured.High:0.0000}]");

    public static string Whole(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>The members of a JSON object as names and texts, by name, since MySQL keeps them by length; one entry for what is none.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Members(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return
            [
                .. document.RootElement.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal)
                    .Select(member => KeyValuePair.Create(member.Name, Text(member.Value))),
            ];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return [KeyValuePair.Create("?", json)];
        }
    }

    private static string Short(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "–",
        JsonValueKind.String => value.GetString() is { Length: > 0 } text ? text : "–",
        JsonValueKind.Number when value.TryGetInt64(out long whole) => Whole(whole),
        JsonValueKind.Number => value.GetDouble() is var number && Math.Abs(number) is >= 1_000 and < 1e9 ? Short(number, "N1") : Short(number, "G6"),
        _ => value.GetRawText(),
    };
}
