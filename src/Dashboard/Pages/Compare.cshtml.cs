using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Dashboard.Texts;
using Pipeline.Storage.MySql.Generations;
using Pipeline.Storage.MySql.Models;

namespace Pipeline.Dashboard.Pages;

/// <summary>One parameter or metric of all compared models.</summary>
/// <param name="Values">As people read them, a dash where a model has none.</param>
/// <param name="Shares">Of the greatest value of the row, 0 to 1; null for what is no number, or where one is negative.</param>
public sealed record ComparedRow(string Name, IReadOnlyList<string> Values, IReadOnlyList<double?> Shares)
{
    public bool Differs => Values.Distinct().Count() > 1;
}

/// <summary>One measure of all compared models, with intervals.</summary>
/// <param name="Values">Null for a model that the gate has not measured so.</param>
public sealed record IntervalRow(string Name, IReadOnlyList<Measured?> Values)
{
    /// <summary>The ends of the scale that the row's pictures share.</summary>
    public double Least => Values.Min(value => value?.Low) ?? 0;

    public double Most => Values.Max(value => value?.High) ?? 0;
}

public sealed class CompareModel(ModelHistory models, GenerationHistory generations) : PageModel
{
    /// <summary>More columns than anybody reads, and fewer than would hold up the database.</summary>
    private const int Most = 200;

    /// <summary>The model whose lists readers are served; null where there is none.</summary>
    public long? Champion { get; private set; }

    /// <summary>How many were asked for beyond what is shown.</summary>
    public int Cut { get; private set; }

    public IReadOnlyList<ModelRecord> Found { get; private set; } = [];

    public IReadOnlyList<ComparedRow> Parameters { get; private set; } = [];

    public IReadOnlyList<ComparedRow> Metrics { get; private set; } = [];

    /// <summary>What the gate measured of each model.</summary>
    public IReadOnlyList<IntervalRow> Intervals { get; private set; } = [];

    public bool SameData => Found.Select(version => version.DataDigest).Distinct().Count() <= 1;

    public async Task OnGetAsync([FromQuery] long[] id)
    {
        long[] asked = [.. id.Distinct().Order()];
        long[] wanted = asked[..Math.Min(asked.Length, Most)];
        Cut = asked.Length - wanted.Length;
        Found = wanted.Length == 0 ? [] : await models.FindAsync(wanted, HttpContext.RequestAborted);
        Parameters = Rows([.. Found.Select(version => version.Parameters)]);
        Metrics = Rows([.. Found.Select(version => version.Metrics)]);
        Intervals = IntervalRows([.. Found.Select(version => ModelReport.Read(version.Report))]);
        Champion = (await generations.ServedAsync(GenerationStore.GlobalScope, HttpContext.RequestAborted))?.ModelId;
    }

    /// <param name="objects">A JSON object of each model.</param>
    internal static IReadOnlyList<ComparedRow> Rows(IReadOnlyList<string> objects)
    {
        var members = objects
            .Select(json => Amounts.Members(json).DistinctBy(member => member.Key).ToDictionary(member => member.Key, member => member.Value)).ToList();
        return
        [
            .. members.SelectMany(one => one.Keys).Distinct().Order(StringComparer.Ordinal).Select(name =>
            {
                string[] values = [.. members.Select(one => one.GetValueOrDefault(name, "–"))];
                return new ComparedRow(name, values, Shares([.. values.Select(Number)]));
            }),
        ];
    }

    /// <param name="reports">Of each model; null where it has none.</param>
    internal static IReadOnlyList<IntervalRow> IntervalRows(IReadOnlyList<ModelReport?> reports) =>
    [
        .. reports.SelectMany(report => report?.Metrics.Keys ?? []).Distinct().Order(StringComparer.Ordinal)
            .Select(name => new IntervalRow(name, [.. reports.Select(report => report?.Metrics.TryGetValue(name, out var measured) == true ? measured : (Measured?)null)])),
    ];

    private static IReadOnlyList<double?> Shares(IReadOnlyList<double?> numbers)
    {
        double greatest = numbers.Max() ?? 0;
        bool none = greatest <= 0 || numbers.Any(number => number < 0);
        return [.. numbers.Select(number => none ? null : number / greatest)];
    }

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
            ? number
            : null;
}
