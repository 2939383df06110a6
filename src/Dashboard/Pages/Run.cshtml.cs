using System.Globalization;
using System.Text.Json;
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

    public bool CanRetry { get; private set; }

    /// <summary>Why what did not end well cannot be tried again; null for every other run.</summary>
    public string? NoRetry { get; private set; }

    /// <summary>Where a promotion or a roll-back is asked for anew, with a code; null for every other run.</summary>
    public string? AskAnew { get; private set; }

    public async Task<IActionResult> OnGetAsync(long id, [FromQuery] long? before, [FromQuery] long? turns)
    {
        Found = await runs.FindAsync(id, HttpContext.RequestAborted);
        if (Found is null)
            return NotFound();
        NoRetry = jobs.RetryComplaint(Found);
        CanRetry = NoRetry is null;
        if (Found.State is not ("failed" or "lost" or "cancelled"))
            NoRetry = null;
        else if (NoRetry is not null)
            AskAnew = PageOf("model", "/models/{0}/promote") ?? PageOf("generation", "/generations/{0}/roll-back");
        CanRunAgain = (await jobs.ListAsync(HttpContext.RequestAborted)).Any(job => job.Name == Found.Job);
        Events = await runs.EventsAsync(id, turns ?? long.MaxValue, MostEvents, HttpContext.RequestAborted);
        EarlierEvents = Events.Count == MostEvents ? Events[0].EventId : null;
        Log = await runs.LogAsync(id, before ?? long.MaxValue, LinesPerPage, HttpContext.RequestAborted);
        Older = Log.Count == LinesPerPage ? Log[^1].LogId : null;
        return Page();
    }

    /// <returns>Null where the run has no such parameter.</returns>
    private string? PageOf(string parameter, string path)
    {
        using var document = JsonDocument.Parse(Found!.Parameters);
        return document.RootElement.TryGetProperty(parameter, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number)
            ? string.Format(CultureInfo.InvariantCulture, path, number)
            : null;
    }
}
