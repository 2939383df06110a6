using System.Globalization;
using Pipeline.Models.Evaluation;
using static Pipeline.Jobs.Reports.EvaluationReport;

namespace Pipeline.Jobs.Reports;

/// <summary>The pictures of <see cref="EvaluationPage"/>.</summary>
internal static class EvaluationCharts
{
    private const int Width = 760;
    private const int Left = 150;
    private const int Right = 90;
    private const int RowHeight = 20;

    private const int Colours = 7;

    /// <summary>The class of <c>evaluation.css</c> for the n-th algorithm.</summary>
    public static string Colour(int n) => $"c{n % Colours}";

    /// <summary>Every measure at the shortest list: a dot with its interval for each algorithm.</summary>
    public static string Accuracy(EvaluationReport report)
    {
        string[] measures = [.. Metrics.All.Select(metric => EvaluationResult.Measure(metric, report.Cutoffs[0]))];
        int group = (RowHeight * report.Algorithms.Count) + 14;
        var svg = new Svg(Width, (group * measures.Length) + 40, "Accuracy with 95 % intervals");
        var axis = Across(svg, 0, report.Algorithms.Max(algorithm => measures.Max(measure => algorithm.Intervals[measure].High)), (group * measures.Length) + 8);
        for (int n = 0; n < measures.Length; n++)
        {
            svg.Text(Left - 8, (group * n) + (group / 2.0) + 4, measures[n], "end");
            for (int a = 0; a < report.Algorithms.Count; a++)
                Whisker(svg, axis, (group * n) + 16 + (RowHeight * a), report.Algorithms[a].Intervals[measures[n]], Colour(a), report.Algorithms[a].Name);
        }
        return svg.ToString();
    }

    /// <summary>A measure over the list length, one line for each algorithm.</summary>
    public static string ByLength(EvaluationReport report, Metric metric)
    {
        const int W = 370, H = 240, Bottom = 200;
        string[] measures = [.. report.Cutoffs.Select(k => EvaluationResult.Measure(metric, k))];
        var svg = new Svg(W, H, $"{metric.Name} by list length");
        var axis = new Axis(0, report.Algorithms.Max(algorithm => measures.Max(measure => algorithm.Result.Means[measure])), Bottom, -170);
        svg.Text(50, 16, metric.Name);
        foreach (double tick in axis.Ticks)
        {
            svg.Line(50, axis[tick], W - 20, axis[tick], "grid");
            svg.Text(44, axis[tick] + 4, tick.ToString(axis.Format, CultureInfo.InvariantCulture), "end");
        }
        // Evenly spaced: lengths are mostly doubled from one to the next.
        double Place(int n) => report.Cutoffs.Count == 1 ? W / 2.0 : 70 + (n * (W - 110.0) / (report.Cutoffs.Count - 1));
        for (int n = 0; n < measures.Length; n++)
            svg.Text(Place(n), Bottom + 18, $"@{report.Cutoffs[n]}", "middle");
        for (int a = 0; a < report.Algorithms.Count; a++)
        {
            var means = report.Algorithms[a].Result.Means;
            svg.Path(measures.Select((measure, n) => (Place(n), axis[means[measure]])), $"line {Colour(a)}");
            for (int n = 0; n < measures.Length; n++)
                svg.Dot(Place(n), axis[means[measures[n]]], Colour(a), $"{report.Algorithms[a].Name} {measures[n]} {Number(means[measures[n]])}");
        }
        return svg.ToString();
    }

    /// <summary>The paired difference to the baseline for all members and each slice.</summary>
    public static string Slices(EvaluationReport report)
    {
        var rows = report.Slices.Prepend(null).Select(slice => (Name: slice?.Name ?? "all", Comparison: report.Compare(report.Baseline, slice))).ToArray();
        int height = (RowHeight + 6) * rows.Length;
        var svg = new Svg(Width, height + 40, $"Difference in {report.Headline} by slice");
        var axis = Across(svg, rows.Min(row => row.Comparison.DifferenceLow), rows.Max(row => row.Comparison.DifferenceHigh), height + 8);
        svg.Line(axis[0], 0, axis[0], height + 8, "zero");
        for (int n = 0; n < rows.Length; n++)
        {
            double y = ((RowHeight + 6) * n) + 16;
            var comparison = rows[n].Comparison;
            svg.Text(Left - 8, y + 4, $"{rows[n].Name} ({comparison.Users.ToString("N0", CultureInfo.InvariantCulture)})", "end");
            Whisker(svg, axis, y, new Interval(comparison.Difference, comparison.DifferenceLow, comparison.DifferenceHigh), "c0", rows[n].Name);
        }
        return svg.ToString();
    }

    /// <summary>Places by tenths of the catalogue, the most popular tenth first: of what was watched, and of each algorithm's lists.</summary>
    public static string Popularity(EvaluationReport report)
    {
        const int Tenths = 10, H = 260, Bottom = 210;
        var wanted = report.Split.Train.ByContent.Positive();
        int[] order = [.. Enumerable.Range(0, wanted.RowCount).OrderByDescending(wanted.RowLength)];
        var series = report.Algorithms.Select((algorithm, a) => (algorithm.Name, Style: Colour(a), Shares: Shares(content => algorithm.Result.Listed[report.Cutoffs[0]][content])))
            .Prepend((Name: "watched", Style: "cw", Shares: Shares(wanted.RowLength)))
            .ToArray();
        var svg = new Svg(Width, H, "Share of places by popularity of the title");
        var axis = new Axis(0, series.Max(one => one.Shares.Max()), Bottom, -190);
        foreach (double tick in axis.Ticks)
        {
            svg.Line(50, axis[tick], Width - 10, axis[tick], "grid");
            svg.Text(44, axis[tick] + 4, tick.ToString("0 %", CultureInfo.InvariantCulture), "end");
        }
        const double Step = (Width - 70.0) / Tenths;
        double bar = (Step - 12) / series.Length;
        for (int tenth = 0; tenth < Tenths; tenth++)
        {
            svg.Text(60 + (Step * tenth) + (Step / 2) - 6, Bottom + 18, $"{tenth + 1}", "middle");
            for (int s = 0; s < series.Length; s++)
            {
                double share = series[s].Shares[tenth];
                svg.Bar(60 + (Step * tenth) + (bar * s), axis[share], bar - 1, Bottom - axis[share], series[s].Style, FormattableString.Invariant($"{series[s].Name} {share:P1}"));
            }
        }
        svg.Text(Width / 2.0, Bottom + 40, "tenths of the catalogue, the most watched first", "middle");
        return svg.ToString();

        double[] Shares(Func<int, int> places)
        {
            var shares = new double[Tenths];
            for (int n = 0; n < order.Length; n++)
                shares[(int)((long)n * Tenths / order.Length)] += places(order[n]);
            double total = Math.Max(1, shares.Sum());
            return [.. shares.Select(share => share / total)];
        }
    }

    private static Axis Across(Svg svg, double least, double most, double bottom)
    {
        var axis = new Axis(least, most, Left, Width - Left - Right);
        foreach (double tick in axis.Ticks)
        {
            svg.Line(axis[tick], 0, axis[tick], bottom, "grid");
            svg.Text(axis[tick], bottom + 18, tick.ToString(axis.Format, CultureInfo.InvariantCulture), "middle");
        }
        return axis;
    }

    private static void Whisker(Svg svg, Axis axis, double y, Interval interval, string style, string name)
    {
        svg.Line(axis[interval.Low], y, axis[interval.High], y, $"whisker {style}");
        svg.Dot(axis[interval.Mean], y, style, FormattableString.Invariant($"{name} {interval.Mean:F4} ({interval.Low:F4} to {interval.High:F4})"));
        svg.Text(axis[interval.High] + 8, y + 4, interval.Mean.ToString("F4", CultureInfo.InvariantCulture));
    }
}
