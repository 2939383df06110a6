using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Html;

namespace Pipeline.Dashboard.Charts;

/// <summary>How long the last runs of a job took: a bar for each, the oldest first, as SVG.</summary>
internal static class DurationChart
{
    private const int Height = 40;
    private const int Step = 8;

    /// <param name="runs">State and seconds of each run, the oldest first.</param>
    /// <param name="label">What a reader who does not see it is told.</param>
    /// <param name="hover">What a bar says, by state and seconds.</param>
    public static IHtmlContent Svg(IReadOnlyList<(string State, double Seconds)> runs, string label, Func<string, double, string> hover)
    {
        double longest = Math.Max(runs.Count == 0 ? 1 : runs.Max(run => run.Seconds), 1e-3);
        var svg = new StringBuilder(
            $"<svg class=\"bars\" role=\"img\" aria-label=\"{Encode(label)}\" viewBox=\"0 0 {Math.Max(runs.Count, 1) * Step} {Height}\" height=\"{Height}\">");
        for (int i = 0; i < runs.Count; i++)
        {
            // Never so short that it cannot be pointed at.
            double height = Math.Max(2, runs[i].Seconds / longest * Height);
            svg.Append(CultureInfo.InvariantCulture,
                $"<rect class=\"{Encode(runs[i].State)}\" x=\"{i * Step + 1}\" y=\"{Height - height:0.#}\" width=\"{Step - 2}\" height=\"{height:0.#}\">");
            svg.Append("<title>").Append(Encode(hover(runs[i].State, runs[i].Seconds))).Append("</title></rect>");
        }
        return new HtmlString(svg.Append("</svg>").ToString());
    }

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
