using System.Globalization;
using Microsoft.AspNetCore.Html;

namespace Pipeline.Dashboard.Charts;

/// <summary>A mean with its interval on a scale that a whole table shares; the numbers stand beside it.</summary>
internal static class IntervalBar
{
    private const int Width = 160;

    public static IHtmlContent Svg(double mean, double low, double high, double least, double most)
    {
        double span = most > least ? most - least : 1;
        double X(double value) => Math.Clamp((value - least) / span, 0, 1) * (Width - 6) + 3;
        return new HtmlString(string.Create(
            CultureInfo.InvariantCulture,
            $"""
            <svg class="interval" aria-hidden="true" width="{Width}" height="12"><line x1="{X(low):0.#}" x2="{X(high):0.#}" y1="6" y2="6"/>
            <circle cx="{X(mean):0.#}" cy="6" r="3"/></svg>
            """));
    }
}
