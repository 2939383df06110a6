using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Storage.MySql.Runs;

namespace Pipeline.Dashboard.Pages;

public sealed class RunModel(RunHistory runs, IJobControl jobs) : PageModel
{
    private const int LinesPerPage = 200;

    public RunRecord? Found { get; private set; }

    public IReadOnlyList<RunLogLine> Log { get; private set; } = [];

    /// <summary>Where the next page of the log begins; null on the last.</summary>
    public long? Older { get; private set; }

    public bool CanRunAgain => jobs.Jobs.Any(job => job.Name == Found?.Job);

    public async Task<IActionResult> OnGetAsync(long id, [FromQuery] long? before)
    {
        Found = await runs.FindAsync(id, HttpContext.RequestAborted);
        if (Found is null)
            return NotFound();
        Log = await runs.LogAsync(id, before ?? long.MaxValue, LinesPerPage, HttpContext.RequestAborted);
        Older = Log.Count == LinesPerPage ? Log[^1].LogId : null;
        return Page();
    }
}
