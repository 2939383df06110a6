using Microsoft.AspNetCore.Html;

namespace Pipeline.Dashboard.Texts;

/// <summary>Times, all UTC in the pages' source.</summary>
internal static class Times
{
    /// <summary>A time that the script shows in the reader's zone, with the exact time on hover; a dash for none.</summary>
    public static IHtmlContent Html(DateTime? utc) => new HtmlString(utc is { } time
        ? $"<time datetime=\"{time:yyyy-MM-ddTHH:mm:ss.fffZ}\" title=\"{time:yyyy-MM-dd HH:mm:ss.fff} UTC\">{time:yyyy-MM-dd HH:mm} UTC</time>"
        : "<span class=\"none\">–</span>");

    /// <summary>The same with its seconds, for what happens many times in a minute.</summary>
    public static IHtmlContent Seconds(DateTime utc) => new HtmlString(
        $"<time datetime=\"{utc:yyyy-MM-ddTHH:mm:ss.fffZ}\" title=\"{utc:yyyy-MM-dd HH:mm:ss.fff} UTC\" data-seconds>{utc:yyyy-MM-dd HH:mm:ss} UTC</time>");
}
