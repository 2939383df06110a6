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

public sealed class CompareModel(ModelHistory models, GenerationStore generations) : PageModel
{
    /// <summary>As many as fit on a wide screen.</summary>
    private const int Most = 12;

    private long? _served;

    public IReadOnlyList<ModelRecord> Found { get; private set; } = [];

    public IReadOnlyList<ComparedRow> Parameters { get; private set; } = [];

    public IReadOnlyList<ComparedRow> Metrics { get; private set; } = [];

    public bool SameData => Found.Select(version => version.DataDigest).Distinct().Count() <= 1;

    public bool IsServed(ModelRecord version)
    {
        ArgumentNullException.ThrowIfNull(version);
        return version.Generation is { } generation && generation == _served;
    }

    public async Task OnGetAsync([FromQuery] long[] id)
    {
        var found = new List<ModelRecord>();
        foreach (long one in id.Distinct().Order().Take(Most))
            if (await models.FindAsync(one, HttpContext.RequestAborted) is { } version)
                found.Add(version);
        Found = found;
        Parameters = Rows([.. found.Select(version => version.Parameters)]);
        Metrics = Rows([.. found.Select(version => version.Metrics)]);
        _served = (await generations.PointerAsync(GenerationStore.GlobalScope, HttpContext.RequestAborted))?.GenerationId;
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
