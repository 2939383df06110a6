using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Html;

namespace Pipeline.Dashboard.Charts;

/// <param name="Points">In order of time.</param>
internal sealed record ChartLine(string Name, IReadOnlyList<(DateTime At, double Value)> Points);

/// <summary>Values over time as lines, with the greatest value and both ends of the time written beside them, as SVG.</summary>
internal static class LineChart
{
    /// <summary>Of a chart that has half a page.</summary>
    public const int Half = 640;

    /// <summary>Of one that has all of it.</summary>
    public const int Whole = 1_200;

    private const int Height = 192;
    private const int Left = 56;
    private const int Bottom = 26;
    private const int Top = 16;

    /// <summary>Colours that the style sheet has.</summary>
    public const int Colours = 6;

    /// <param name="label">What a reader who does not see it is told.</param>
    public static IHtmlContent Svg(IReadOnlyList<ChartLine> lines, string label, int width = Half)
    {
        var points = lines.SelectMany(line => line.Points).ToList();
        var (from, to) = points.Count == 0 ? (default, default) : (points.Min(point => point.At), points.Max(point => point.At));
        double greatest = Nice(points.Count == 0 ? 1 : points.Max(point => point.Value));
        var svg = new StringBuilder($"<svg class=\"lines-chart{(width == Whole ? " whole" : "")}\" role=\"img\" aria-label=\"{Encode(label)}\" viewBox=\"0 0 {width} {Height}\">");
        foreach (double part in (double[])[0, 0.5, 1])
        {
            double y = Y(part * greatest, greatest);
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"rule\" x1=\"{Left}\" x2=\"{width}\" y1=\"{y:0.#}\" y2=\"{y:0.#}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 6}\" y=\"{y + 4:0.#}\" text-anchor=\"end\">{Encode(Number(part * greatest))}</text>");
        }
        if (points.Count > 0)
        {
            bool days = (to - from).TotalDays > 1.5;
            AppendTime(svg, from, days, $"x=\"{Left}\"");
            if (to > from)
                AppendTime(svg, to, days, $"x=\"{width}\" text-anchor=\"end\"");
        }
        for (int i = 0; i < lines.Count; i++)
            Append(svg, lines[i], i % Colours, from, to, greatest, width);
        return new HtmlString(svg.Append("</svg>").ToString());
    }

    /// <summary>In UTC; the script says it in the reader's zone.</summary>
    private static void AppendTime(StringBuilder svg, DateTime at, bool day, string place) =>
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<text {place} y=\"{Height - 6}\" data-{(day ? "day" : "time")}=\"{at:yyyy-MM-ddTHH:mm:ssZ}\">{at.ToString(day ? "MM-dd" : "HH:mm", CultureInfo.InvariantCulture)} UTC</text>");

    private static void Append(StringBuilder svg, ChartLine line, int colour, DateTime from, DateTime to, double greatest, int width)
    {
        double seconds = Math.Max((to - from).TotalSeconds, 1);
        string[] places =
        [
            .. line.Points.Select(point => string.Create(
                CultureInfo.InvariantCulture, $"{Left + (point.At - from).TotalSeconds / seconds * (width - Left):0.#},{Y(point.Value, greatest):0.#}")),
        ];
        svg.Append(CultureInfo.InvariantCulture, $"<g class=\"line-{colour}\"><title>{Encode(line.Name)}</title>");
        // A single point has no line.
        if (places is [var only])
            svg.Append($"<circle cx=\"{only.Split(',')[0]}\" cy=\"{only.Split(',')[1]}\" r=\"3\"/>");
        else if (places.Length > 1)
            svg.Append("<polyline points=\"").AppendJoin(' ', places).Append("\"/>");
        svg.Append("</g>");
    }

    private static double Y(double value, double greatest) => Top + (1 - Math.Clamp(value / greatest, 0, 1)) * (Height - Top - Bottom);

    /// <summary>The next of 1, 2 and 5 times a power of ten, so that the scale reads well.</summary>
    private static double Nice(double value)
    {
        if (!(value > 0))
            return 1;
        double power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return ((double[])[1, 2, 5, 10]).First(step => step * power >= value * 0.999999) * power;
    }

    private static string Number(double value) =>
        value >= 1e6 ? $"{(value / 1e6).ToString("0.#", CultureInfo.InvariantCulture)} M"
        : value >= 1e4 ? $"{(value / 1e3).ToString("0.#", CultureInfo.InvariantCulture)} k"
        : value.ToString("0.###", CultureInfo.InvariantCulture);

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
