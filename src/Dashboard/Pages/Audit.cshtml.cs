using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Storage.MySql.Audit;

namespace Pipeline.Dashboard.Pages;

public sealed class AuditModel(AuditTrail audit) : PageModel
{
    private const int PerPage = 100;

    [FromQuery(Name = "actor")]
    public string? Actor { get; set; }

    [FromQuery(Name = "action")]
    public string? Action { get; set; }

    public IReadOnlyList<AuditEntry> Entries { get; private set; } = [];

    /// <summary>Where the next page begins; null on the last.</summary>
    public long? Older { get; private set; }

    public async Task OnGetAsync([FromQuery] long? before)
    {
        Entries = await audit.SearchAsync(Given(Actor), Given(Action), before ?? long.MaxValue, PerPage, HttpContext.RequestAborted);
        Older = Entries.Count == PerPage ? Entries[^1].Sequence : null;
    }

    /// <summary>Whether what became of it is in the operator's own words.</summary>
    internal static bool IsFreeText(AuditEvent what) => what.Action is AuditActions.ModelNote or AuditActions.TokenAdd;

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
