using System.Globalization;
using System.Text;

namespace Pipeline.Benchmarks.Engine;

/// <summary>One thing measured, ours beside the reference where there is one.</summary>
/// <param name="Unit">Of all values.</param>
/// <param name="Cpu">Processor seconds of ours; empty where they say nothing.</param>
/// <param name="Reference">Empty where none ran.</param>
/// <param name="Bar">What is asked for, in words.</param>
internal sealed record EngineRow(
    string Name, string Unit, IReadOnlyList<double> Ours, IReadOnlyList<double> Cpu, IReadOnlyList<double> Reference, IReadOnlyList<double> ReferenceCpu, string Bar)
{
    /// <summary>Ours against the reference, medians; null without one.</summary>
    public double? Ratio => Reference.Count == 0 ? null : Median(Ours) / Median(Reference);

    public static double Median(IReadOnlyList<double> values) => new Series("", values).Median;
}

/// <param name="Title">What was measured on what, and with which command.</param>
/// <param name="Notes">What a reader has to know, such as why a reference did not run.</param>
internal sealed record EngineTable(string Title, IReadOnlyList<EngineRow> Rows, IReadOnlyList<string> Notes)
{
    /// <summary>A table in Markdown, which reads as well on a screen.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(Title).AppendLine();
        text.AppendLine("| measured | unit | ours, median [lowest, highest] | CPU | reference, median [lowest, highest] | CPU | ratio | bar |");
        text.AppendLine("|---|---|---|---|---|---|---|---|");
        foreach (var row in Rows)
        {
            var ratio = row.Ratio is { } value ? value.ToString("F2", CultureInfo.InvariantCulture) : "";
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {row.Name} | {row.Unit} | {Range(row.Ours)} | {Middle(row.Cpu)} | {Range(row.Reference)} | {Middle(row.ReferenceCpu)} | {ratio} | {row.Bar} |");
        }
        text.AppendLine();
        foreach (var note in Notes)
            text.AppendLine(CultureInfo.InvariantCulture, $"- {note}");
        return text.ToString();
    }

    private static string Range(IReadOnlyList<double> values) =>
        values.Count == 0 ? "" : $"{Number(EngineRow.Median(values))} [{Number(values.Min())}, {Number(values.Max())}]";

    private static string Middle(IReadOnlyList<double> values) => values.Count == 0 ? "" : Number(EngineRow.Median(values));

    private static string Number(double value) =>
        value.ToString(Math.Abs(value) >= 100 ? "F0" : Math.Abs(value) >= 10 ? "F1" : "F3", CultureInfo.InvariantCulture);
}
