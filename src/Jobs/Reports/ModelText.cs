using System.Globalization;
using System.Text;
using Pipeline.Models.Evaluation;
using Pipeline.Storage.MySql.Models;
using static System.FormattableString;
using static Pipeline.Jobs.Reports.EvaluationReport;

namespace Pipeline.Jobs.Reports;

/// <summary>Models of the registry as Markdown tables, for people at a terminal.</summary>
internal static class ModelText
{
    private static readonly Metric[] Shown =
        [Metrics.Ndcg, Metrics.Recall, Metrics.Map, ListMetrics.Coverage, ListMetrics.Novelty, ListMetrics.Calibration];

    public static string List(IReadOnlyList<ModelRecord> models)
    {
        var text = new StringBuilder("| model | made | algorithm | state | generation | why |\n|---:|---|---|---|---:|---|\n");
        foreach (var model in models)
            text.AppendLine(Invariant($"| {model.ModelId} | {model.CreatedAt:yyyy-MM-dd HH:mm} | {model.Algorithm} | {model.State} | {model.Generation} | {model.Reason} |"));
        return text.ToString().TrimEnd();
    }

    public static string One(ModelRecord model)
    {
        var text = new StringBuilder();
        text.AppendLine(Invariant($"model {model.ModelId}, {model.Algorithm}, {model.State}, made {model.CreatedAt:yyyy-MM-dd HH:mm} UTC by run {model.RunId}, trained in {model.TrainingSeconds:F1} s"));
        text.AppendLine($"data SHA-256 {model.DataDigest}").AppendLine($"parameters {model.Parameters}");
        if (model.Report is null)
            return text.Append("no report").ToString();
        var report = TrainingReport.FromJson(model.Report);
        if (report.Selection is { } selection)
            Append(text.AppendLine(), selection);
        Append(text.AppendLine(), report.Gate);
        return text.ToString().TrimEnd();
    }

    private static void Append(StringBuilder text, SelectionReport selection)
    {
        string[] measures = [.. Shown.Select(metric => EvaluationResult.Measure(metric, PromotionGate.Cutoff))];
        text.Append("| candidate |").AppendJoin("", measures.Select(measure => $" {measure} |")).AppendLine(" trained, s | winner less this, 95 % |");
        text.Append("|---|").AppendJoin("", measures.Select(_ => "---:|")).AppendLine("---:|---|");
        foreach (var row in selection.Rows)
        {
            text.Append($"| {row.Name} |").AppendJoin("", measures.Select(measure => row.Failure is null ? $" {Number(row.Mean(measure))} |" : " |"));
            text.AppendLine(CultureInfo.InvariantCulture, $" {row.TrainSeconds:F1} | {row.Failure ?? (row.Difference is { } difference ? Difference(difference) : "")} |");
        }
        text.AppendLine(CultureInfo.InvariantCulture, $"measured on {selection.Members:N0} validation members that none of them was trained on").AppendLine(selection.Why);
    }

    private static void Append(StringBuilder text, GateReport gate)
    {
        text.AppendLine("| gate | | |").AppendLine("|---|---|---|");
        foreach (var check in gate.Checks)
            text.AppendLine($"| {check.Name} | {(check.Passed ? "passed" : "FAILED")} | {check.Detail} |");
        if (gate.NoChampion is { } missing)
            text.AppendLine($"no champion to compare with: {missing}");
        text.AppendLine(CultureInfo.InvariantCulture, $"{(gate.Promoted ? "promoted" : "not promoted")}: {gate.Reason}");
    }
}
