using System.Globalization;
using System.Net;
using System.Text;

namespace Pipeline.Jobs.Reports;

/// <summary>A drawing as SVG text: what charts are made of. Coordinates are pixels from the upper left corner.</summary>
internal sealed class Svg(int width, int height, string title)
{
    private readonly StringBuilder _elements = new();

    public void Line(double x1, double y1, double x2, double y2, string style) =>
        Add($"<line x1=\"{x1:F1}\" y1=\"{y1:F1}\" x2=\"{x2:F1}\" y2=\"{y2:F1}\" class=\"{style}\"/>");

    public void Path(IEnumerable<(double X, double Y)> points, string style) =>
        _elements.Append("<polyline points=\"")
            .AppendJoin(' ', points.Select(point => FormattableString.Invariant($"{point.X:F1},{point.Y:F1}")))
            .AppendLine($"\" class=\"{style}\"/>");

    public void Bar(double x, double y, double width, double height, string style, string hint) =>
        Add($"<rect x=\"{x:F1}\" y=\"{y:F1}\" width=\"{Math.Max(0, width):F1}\" height=\"{height:F1}\" class=\"{style}\"><title>{WebUtility.HtmlEncode(hint)}</title></rect>");

    public void Dot(double x, double y, string style, string hint) =>
        Add($"<circle cx=\"{x:F1}\" cy=\"{y:F1}\" r=\"4\" class=\"{style}\"><title>{WebUtility.HtmlEncode(hint)}</title></circle>");

    /// <param name="anchor">start, middle or end.</param>
    public void Text(double x, double y, string text, string anchor = "start") =>
        Add($"<text x=\"{x:F1}\" y=\"{y:F1}\" text-anchor=\"{anchor}\">{WebUtility.HtmlEncode(text)}</text>");

    public override string ToString() =>
        $"<svg viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(title)}\">\n{_elements}</svg>";

    private void Add(FormattableString element) => _elements.AppendLine(element.ToString(CultureInfo.InvariantCulture));
}

/// <summary>Places numbers on an axis that has 0 on it, with ticks at steps of 1, 2 or 5 times a power of ten.</summary>
internal readonly struct Axis
{
    private const int Steps = 5;

    private readonly double _from;
    private readonly double _to;
    private readonly double _start;
    private readonly double _length;

    /// <param name="start">Pixel of the lower end.</param>
    /// <param name="length">Pixels; negative for an axis that grows upwards.</param>
    public Axis(double least, double most, double start, double length)
    {
        (least, most) = (Math.Min(0, least), Math.Max(0, most));
        double span = most > least ? most - least : 1;
        double power = Math.Pow(10, Math.Floor(Math.Log10(span / Steps)));
        double step = power * new[] { 1.0, 2, 5, 10 }.First(factor => span / (factor * power) <= Steps);
        int first = (int)Math.Floor((least / step) + 1e-9), last = (int)Math.Ceiling(((least + span) / step) - 1e-9);
        (_from, _to, _start, _length) = (first * step, last * step, start, length);
        Ticks = [.. Enumerable.Range(first, last - first + 1).Select(n => n * step)];
        Format = step >= 1 ? "0" : "0." + new string('0', (int)Math.Ceiling(-Math.Log10(step) - 1e-9));
    }

    public IReadOnlyList<double> Ticks { get; }

    public string Format { get; }

    public double this[double value] => _start + (_length * (value - _from) / (_to - _from));
}
