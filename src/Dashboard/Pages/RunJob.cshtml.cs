using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Dashboard.Door;
using Pipeline.Storage.MySql.Runs;

namespace Pipeline.Dashboard.Pages;

public sealed class RunJobModel(IJobControl control, RunHistory runs) : PageModel
{
    private const string FieldPrefix = "set.";

    public JobDescription? Found { get; private set; }

    /// <summary>What the fields hold, by parameter; the others their default.</summary>
    public Dictionary<string, string> Values { get; } = [];

    public string? Complaint { get; private set; }

    /// <param name="again">A run whose parameters to begin with.</param>
    public async Task<IActionResult> OnGetAsync(string job, [FromQuery] long? again)
    {
        if (!await FindAsync(job))
            return NotFound();
        if (again is { } id && await runs.FindAsync(id, HttpContext.RequestAborted) is { } before && before.Job == job)
            TakeOver(before.Parameters);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string job)
    {
        if (!await FindAsync(job))
            return NotFound();
        foreach (var (name, value) in Request.Form.Where(field => field.Key.StartsWith(FieldPrefix, StringComparison.Ordinal)))
            Values[name[FieldPrefix.Length..]] = value.ToString().Trim();
        var changed = Values.Where(given => given.Value.Length > 0 && given.Value != Default(given.Key));
        string[] settings = [.. changed.Select(given => $"{given.Key}={given.Value}")];
        Complaint = await control.StartAsync(job, settings, HttpContext.Actor(), HttpContext.RequestAborted);
        if (Complaint is null)
            return LocalRedirect($"/runs?job={Uri.EscapeDataString(job)}");
        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return Page();
    }

    private async Task<bool> FindAsync(string job) =>
        (Found = (await control.ListAsync(HttpContext.RequestAborted)).FirstOrDefault(known => known.Name == job)) is not null;

    private string? Default(string setting) => Found!.Settings.FirstOrDefault(known => known.Name == setting)?.Default;

    /// <summary>As the run had them, written as the form takes them.</summary>
    private void TakeOver(string parameters)
    {
        using var document = JsonDocument.Parse(parameters);
        foreach (var member in document.RootElement.EnumerateObject())
            Values[member.Name] = member.Value.ValueKind switch
            {
                JsonValueKind.Null => "",
                JsonValueKind.String => member.Value.GetString()!,
                _ => member.Value.GetRawText(),
            };
    }
}
