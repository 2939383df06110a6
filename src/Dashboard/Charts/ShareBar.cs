using System.Globalization;
using Microsoft.AspNetCore.Html;

namespace Pipeline.Dashboard.Charts;

/// <summary>A share of a whole as a bar; the number stands beside it, so a reader who does not see it misses nothing.</summary>
internal static class ShareBar
{
    private const int Width = 60;

    /// <param name="share">0 to 1.</param>
    public static IHtmlContent Svg(double share) => new HtmlString(string.Create(
        CultureInfo.InvariantCulture,
        $"""
        <svg class="share" aria-hidden="true" width="{Width}" height="8"><rect class="whole" width="{Width}" height="8"/>
        <rect class="part" width="{share * Width:0.#}" height="8"/></svg>
        """));
}
