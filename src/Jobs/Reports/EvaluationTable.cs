using System.Globalization;
using System.Text;
using Pipeline.Models.Evaluation;
using static Pipeline.Jobs.Reports.EvaluationReport;

namespace Pipeline.Jobs.Reports;

/// <summary>An evaluation as Markdown tables, to be pasted as they are.</summary>
internal static class EvaluationTable
{
    /// <summary>The measures of the table that compares algorithms.</summary>
    private static readonly Metric[] Compared =
        [Metrics.Ndcg, Metrics.Recall, Metrics.Precision, Metrics.Map, Metrics.Mrr, Metrics.HitRate, ListMetrics.Coverage, ListMetrics.Novelty, ListMetrics.Diversity, ListMetrics.Calibration];

    public static string Render(EvaluationReport report)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{report.Subject.Name} under {report.Split.Protocol}: {report.Split.EvaluatedUsers:N0} members evaluated");
        text.AppendLine(CultureInfo.InvariantCulture, $", {report.Split.SkippedUsers:N0} without a history left out; the whole catalogue of {report.Split.Train.Contents.Count:N0} titles ranked");
        foreach (var algorithm in report.Algorithms.Where(algorithm => algorithm.Settings.Count > 0))
            text.Append(Described(algorithm)).Append(": ").AppendJoin(' ', algorithm.Settings.Select(setting => $"{setting.Key}={setting.Value}")).AppendLine();
        foreach (string line in SearchLines(report))
            text.AppendLine(line);
        foreach (var failure in report.Failed)
            text.AppendLine($"{failure.Name} failed: {failure.Reason}");
        text.AppendLine();
        AppendAlgorithms(text, report);
        text.AppendLine();
        AppendMeasures(text, report);
        text.AppendLine();
        AppendSlices(text, report);
        text.AppendLine();
        foreach (var metric in CutoffMetrics.Append(Metrics.Auc))
            text.AppendLine($"{metric.Name}: {metric.Definition}");
        if (!report.Subject.Result.Means.ContainsKey(Metrics.Auc.Name))
            text.AppendLine(CultureInfo.InvariantCulture, $"auc is not measured of reranked lists, nor of more than {Evaluator.MaxAucPairs:N0} pairs of a member and a title");
        text.AppendLine($"groups of calibration: {string.Join(", ", report.Groups.Names)}");
        text.Append(CultureInfo.InvariantCulture, $"read {report.ReadSeconds:F1} s, trained {report.Subject.TrainSeconds:F1} s, ranked and measured {report.Subject.RankSeconds:F1} s");
        return text.ToString();
    }

    /// <summary>Where settings come from, of the algorithms that were searched.</summary>
    public static IEnumerable<string> SearchLines(EvaluationReport report)
    {
        foreach (var algorithm in report.Algorithms)
        {
            if (algorithm.Search is { } search)
                yield return SearchLine(algorithm.Name, search);
        }
    }

    private static string SearchLine(string name, SearchReport search) =>
        FormattableString.Invariant($"{name}: settings found among {search.Tried} in {search.Measured} measurements on {search.ValidationMembers:N0} validation members, {search.Measure} {search.Score:F4}")
        + (search.Asked is { } asked ? FormattableString.Invariant($" ({asked:F4} as asked for)") : "")
        + (search.OutOfTime ? FormattableString.Invariant($"; out of time, of {search.Trials} settings, with {search.Share:P0} of the members") : "");

    /// <summary>The algorithm too, where it was given another name.</summary>
    public static string Described(MeasuredAlgorithm algorithm) =>
        algorithm.Name == algorithm.Algorithm ? algorithm.Name : $"{algorithm.Name} ({algorithm.Algorithm})";

    private static void AppendAlgorithms(StringBuilder text, EvaluationReport report)
    {
        var k = report.Cutoffs[0];
        string[] measures = [.. Compared.Select(metric => EvaluationResult.Measure(metric, k)), Metrics.Auc.Name];
        measures = [.. measures.Where(report.Subject.Result.Means.ContainsKey)];
        text.Append("| algorithm |").AppendJoin("", measures.Select(measure => $" {measure} |")).AppendLine(" ndcg difference, 95 % |");
        text.Append("|---|").AppendJoin("", measures.Select(_ => "---:|")).AppendLine("---|");
        foreach (var algorithm in report.Algorithms)
        {
            text.Append($"| {algorithm.Name} |").AppendJoin("", measures.Select(measure => $" {Number(algorithm.Result.Means[measure])} |"));
            text.AppendLine(algorithm == report.Subject ? " |" : $" {Difference(report.Compare(algorithm))} |");
        }
    }

    private static void AppendMeasures(StringBuilder text, EvaluationReport report)
    {
        text.AppendLine($"{report.Subject.Name} by list length; in parentheses {report.Baseline.Name}");
        text.AppendLine();
        text.Append("| measure |").AppendJoin("", report.Cutoffs.Select(k => $" @{k} |")).AppendLine();
        text.Append("|---|").AppendJoin("", report.Cutoffs.Select(_ => "---|")).AppendLine();
        foreach (var metric in CutoffMetrics)
        {
            text.Append($"| {metric.Name} |");
            foreach (var measure in report.Cutoffs.Select(k => EvaluationResult.Measure(metric, k)))
                text.Append(report.Subject.Result.Means.TryGetValue(measure, out var mean) ? $" {Number(mean)} ({Number(report.Baseline.Result.Means[measure])}) |" : " |");
            text.AppendLine();
        }
    }

    private static void AppendSlices(StringBuilder text, EvaluationReport report)
    {
        text.AppendLine($"| members | number | {report.Headline} {report.Subject.Name} | {report.Baseline.Name} | difference, 95 % |");
        text.AppendLine("|---|---:|---:|---:|---|");
        foreach (var slice in report.Slices.Prepend(null))
        {
            var comparison = report.Compare(report.Baseline, slice);
            text.AppendLine(CultureInfo.InvariantCulture,
                $"| {slice?.Name ?? "all"} | {comparison.Users:N0} | {comparison.Challenger:F4} | {comparison.Baseline:F4} | {Difference(comparison)} |");
        }
    }
}
