using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Html;

namespace Pipeline.Dashboard.Charts;

/// <param name="Title">What it says when it is pointed at.</param>
internal sealed record DurationBar(string State, double Seconds, string Title);

/// <summary>
/// How long the last runs of a job took: a bar for each, the oldest first, with the longest and the median drawn as a scale, as SVG. What did
/// not end well is marked above its bar too, so that nobody has to tell colours apart.
/// </summary>
internal static class DurationChart
{
    private const int Top = 14;
    private const int Bars = 48;
    private const int Step = 10;
    private const int LineOfText = 11;

    /// <summary>For the words beside the bars.</summary>
    private const int Beside = 150;

    /// <summary>Above the bar of a run that failed or was lost.</summary>
    public const string BadMark = "\u00d7";

    /// <summary>Above the bar of a run that was cancelled or skipped.</summary>
    public const string OtherMark = "\u25cb";

    /// <param name="label">What a reader who does not see it is told.</param>
    /// <param name="scale">What stands beside a line of the scale: of the longest and of the median, by seconds.</param>
    public static IHtmlContent Svg(IReadOnlyList<DurationBar> runs, string label, (Func<double, string> Longest, Func<double, string> Median) scale)
    {
        double longest = Math.Max(runs.Count == 0 ? 1 : runs.Max(run => run.Seconds), 1e-3);
        double median = Median(runs);
        int width = Math.Max(runs.Count, 1) * Step;
        var svg = new StringBuilder(
            $"<svg class=\"bars\" role=\"img\" aria-label=\"{Encode(label)}\" viewBox=\"0 0 {width + Beside} {Top + Bars + 1}\" width=\"{width + Beside}\">");
        AppendRule(svg, Top, Top, width, scale.Longest(longest));
        double y = Y(median, longest);
        // Beside its line, or under the words of the longest.
        AppendRule(svg, y, Math.Max(y, Top + LineOfText), width, scale.Median(median));
        for (int i = 0; i < runs.Count; i++)
            AppendBar(svg, runs[i], i * Step, longest);
        return new HtmlString(svg.Append("</svg>").ToString());
    }

    /// <summary>Of an even number, the mean of the two in the middle; 0 of none.</summary>
    internal static double Median(IReadOnlyList<DurationBar> runs)
    {
        double[] seconds = [.. runs.Select(run => run.Seconds).Order()];
        return seconds.Length == 0 ? 0 : (seconds[(seconds.Length - 1) / 2] + seconds[seconds.Length / 2]) / 2;
    }

    private static void AppendRule(StringBuilder svg, double y, double textY, int width, string text) => svg.Append(
        CultureInfo.InvariantCulture,
        $"<line class=\"rule\" x1=\"0\" x2=\"{width + 4}\" y1=\"{y:0.#}\" y2=\"{y:0.#}\"/><text x=\"{width + 8}\" y=\"{textY + 4:0.#}\">{Encode(text)}</text>");

    private static void AppendBar(StringBuilder svg, DurationBar run, int x, double longest)
    {
        // Never so short that it cannot be pointed at.
        double top = Math.Min(Y(run.Seconds, longest), Top + Bars - 2);
        svg.Append(CultureInfo.InvariantCulture, $"<g class=\"{Encode(run.State)}\"><title>{Encode(run.Title)}</title>");
        svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{x + 1}\" y=\"{top:0.#}\" width=\"{Step - 2}\" height=\"{Top + Bars - top:0.#}\"/>");
        string mark = run.State switch { "failed" or "lost" => BadMark, "cancelled" or "skipped" => OtherMark, _ => "" };
        if (mark.Length > 0)
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x + Step / 2}\" y=\"{top - 3:0.#}\" text-anchor=\"middle\">{mark}</text>");
        svg.Append("</g>");
    }

    private static double Y(double seconds, double longest) => Top + (1 - seconds / longest) * Bars;

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
