using System.Globalization;
using System.Net;
using System.Text;
using Pipeline.Models.Evaluation;
using static Pipeline.Jobs.Reports.EvaluationReport;

namespace Pipeline.Jobs.Reports;

/// <summary>An evaluation as one HTML page that needs nothing else: no script, no font, no picture from elsewhere.</summary>
internal static class EvaluationPage
{
    private static readonly string Style = LoadStyle();

    public static string Render(EvaluationReport report)
    {
        var split = report.Split;
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>{Text(report.Subject.Name)} under {Text(split.Protocol)}</title><style>{Style}</style></head><body>
            <h1>{Text(report.Subject.Name)} under {Text(split.Protocol)}</h1>
            <p class="dim">{split.EvaluatedUsers:N0} members evaluated, {split.SkippedUsers:N0} without a history left out; trained on {split.Train.Count:N0} interactions
            of {split.Train.Users.Count:N0} members; the whole catalogue of {split.Train.Contents.Count:N0} titles ranked, none sampled; seed {report.Seed}</p>
            <p class="dim">Training data SHA-256 {split.Train.Digest}</p>
            <p class="verdict">{Text(Verdict(report))}</p>
            <p>{Key(report)}</p>

            """);
        Section(page, $"Accuracy of lists of {report.Cutoffs[0]}", "Means over members; whiskers are 95 % bootstrap intervals over members.", EvaluationCharts.Accuracy(report));
        Section(page, "By list length", "", EvaluationCharts.ByLength(report, Metrics.Ndcg) + EvaluationCharts.ByLength(report, Metrics.Recall));
        if (report.Algorithms.Count > 1)
        {
            Section(page, "Who gains", $"Difference in {report.Headline}, {report.Subject.Name} less {report.Baseline.Name}, member by member, with 95 % intervals. "
                + $"New members have at most {Slices.NewTitles} titles to learn from; heavy ones more than the median of the others.", EvaluationCharts.Slices(report));
        }
        Section(page, "How popular the lists are", $"Share of places on lists of {report.Cutoffs[0]}; grey, what was watched.", EvaluationCharts.Popularity(report));
        AppendMeasures(page, report);
        AppendSettings(page, report);
        return page.AppendLine("</body></html>").ToString();
    }

    private static string Verdict(EvaluationReport report)
    {
        if (report.Algorithms.Count == 1)
            return $"{report.Subject.Name}: {report.Headline} {Number(report.Subject.Result.Means[report.Headline])}.";
        var comparison = report.Compare(report.Baseline);
        string word = comparison.IsBetter ? "is better than" : comparison.IsWorse ? "is worse than" : "cannot be told from";
        return FormattableString.Invariant($"{report.Subject.Name} {word} {report.Baseline.Name}: {report.Headline} {comparison.Challenger:F4} against {comparison.Baseline:F4}, ")
            + FormattableString.Invariant($"difference {PairedComparison.Signed(comparison.Difference)} ({PairedComparison.Signed(comparison.DifferenceLow)} to {PairedComparison.Signed(comparison.DifferenceHigh)}, 95 %, paired).");
    }

    private static string Key(EvaluationReport report) =>
        string.Concat(report.Algorithms.Select((algorithm, a) => $"<span class=\"key\" style=\"background: var(--{EvaluationCharts.Colour(a)})\"></span>{Text(algorithm.Name)}"));

    private static void Section(StringBuilder page, string heading, string explanation, string content) =>
        page.AppendLine($"<h2>{Text(heading)}</h2>\n<p class=\"dim\">{Text(explanation)}</p>\n<div class=\"wide\">{content}</div>");

    private static void AppendMeasures(StringBuilder page, EvaluationReport report)
    {
        page.AppendLine("<h2>All measures</h2><div class=\"wide\"><table><tr><th>measure</th>");
        foreach (int k in report.Cutoffs)
            page.AppendJoin("", report.Algorithms.Select(algorithm => $"<th>{Text(algorithm.Name)} @{k}</th>"));
        page.AppendLine("</tr>");
        foreach (var metric in CutoffMetrics)
            Row(metric, report.Cutoffs.Select(k => EvaluationResult.Measure(metric, k)));
        Row(Metrics.Auc, report.Cutoffs.Select((_, n) => n == 0 ? Metrics.Auc.Name : ""));
        page.AppendLine("</table></div><dl class=\"dim\">");
        foreach (var metric in CutoffMetrics.Append(Metrics.Auc))
            page.AppendLine($"<dt>{metric.Name}</dt><dd>{Text(metric.Definition)}</dd>");
        page.AppendLine("</dl>");

        void Row(Metric metric, IEnumerable<string> measures)
        {
            page.Append($"<tr><td>{metric.Name}</td>");
            foreach (string measure in measures)
                page.AppendJoin("", report.Algorithms.Select(algorithm => $"<td>{(algorithm.Result.Means.TryGetValue(measure, out double mean) ? Number(mean) : "")}</td>"));
            page.AppendLine("</tr>");
        }
    }

    private static void AppendSettings(StringBuilder page, EvaluationReport report)
    {
        page.AppendLine("<h2>Settings and time</h2><div class=\"wide\"><table><tr><th>algorithm</th><th>trained, s</th><th>ranked and measured, s</th><th class=\"text\">settings</th></tr>");
        foreach (var algorithm in report.Algorithms)
        {
            string settings = string.Join(' ', algorithm.Settings.Select(setting => $"{setting.Key}={setting.Value}"));
            page.AppendLine(CultureInfo.InvariantCulture, $"<tr><td>{Text(EvaluationTable.Described(algorithm))}</td><td>{algorithm.TrainSeconds:F1}</td><td>{algorithm.RankSeconds:F1}</td><td class=\"text\">{Text(settings)}</td></tr>");
        }
        page.AppendLine("</table></div>");
        foreach (string line in EvaluationTable.SearchLines(report))
            page.AppendLine($"<p class=\"dim\">{Text(line)}</p>");
        page.AppendLine($"<p class=\"dim\">Calibration is over these groups: {Text(string.Join(", ", report.Groups.Names))}.</p>");
    }

    private static string LoadStyle()
    {
        using var stream = typeof(EvaluationPage).Assembly.GetManifestResourceStream("Reports/evaluation.css")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
