using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Storage.MySql.Runs;

namespace Pipeline.Dashboard.Pages;

public sealed class RunsModel(RunHistory runs, IJobControl jobs) : PageModel
{
    private const int PerPage = 50;

    public static IReadOnlyList<string> States { get; } = ["running", "succeeded", "skipped", "failed", "cancelled", "lost"];

    [FromQuery(Name = "job")]
    public string? Job { get; set; }

    [FromQuery(Name = "state")]
    public string? State { get; set; }

    [FromQuery(Name = "text")]
    public string? Text { get; set; }

    public IEnumerable<string> Jobs { get; private set; } = [];

    public IReadOnlyList<RunRecord> Found { get; private set; } = [];

    /// <summary>Where the next page begins; null on the last.</summary>
    public long? Older { get; private set; }

    public async Task OnGetAsync([FromQuery] long? before)
    {
        Found = await runs.SearchAsync(new RunFilter(Given(Job), Given(State), Given(Text)), before ?? long.MaxValue, PerPage, HttpContext.RequestAborted);
        Jobs = (await jobs.ListAsync(HttpContext.RequestAborted)).Select(job => job.Name);
        Older = Found.Count == PerPage ? Found[^1].RunId : null;
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
