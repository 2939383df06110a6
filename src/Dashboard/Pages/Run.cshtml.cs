using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Storage.MySql.Runs;

namespace Pipeline.Dashboard.Pages;

public sealed class RunModel(RunHistory runs, IJobControl jobs) : PageModel
{
    private const int LinesPerPage = 200;
    private const int MostEvents = 100;

    public RunRecord? Found { get; private set; }

    public IReadOnlyList<RunLogLine> Log { get; private set; } = [];

    /// <summary>Where the next page of the log begins; null on the last.</summary>
    public long? Older { get; private set; }

    /// <summary>What became of the run, in its order.</summary>
    public IReadOnlyList<RunEvent> Events { get; private set; } = [];

    /// <summary>Where the turns before these end; null where these are the first.</summary>
    public long? EarlierEvents { get; private set; }

    /// <summary>Whether its job has a form of parameters.</summary>
    public bool CanRunAgain { get; private set; }

    public bool CanRetry => Found?.State is "failed" or "lost" or "cancelled";

    public async Task<IActionResult> OnGetAsync(long id, [FromQuery] long? before, [FromQuery] long? turns)
    {
        Found = await runs.FindAsync(id, HttpContext.RequestAborted);
        if (Found is null)
            return NotFound();
        CanRunAgain = (await jobs.ListAsync(HttpContext.RequestAborted)).Any(job => job.Name == Found.Job);
        Events = await runs.EventsAsync(id, turns ?? long.MaxValue, MostEvents, HttpContext.RequestAborted);
        EarlierEvents = Events.Count == MostEvents ? Events[0].EventId : null;
        Log = await runs.LogAsync(id, before ?? long.MaxValue, LinesPerPage, HttpContext.RequestAborted);
        Older = Log.Count == LinesPerPage ? Log[^1].LogId : null;
        return Page();
    }
}
