using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Dashboard.Door;
using Pipeline.Storage.MySql.Schedules;

namespace Pipeline.Dashboard.Pages;

public sealed class ScheduleJobModel(IJobControl control) : PageModel
{
    public JobDescription? Found { get; private set; }

    [BindProperty(Name = "cron")]
    public string? Cron { get; set; }

    [BindProperty(Name = "attempts")]
    public int? Attempts { get; set; }

    [BindProperty(Name = "pause")]
    public int? Pause { get; set; }

    [BindProperty(Name = "limit")]
    public int? Limit { get; set; }

    [BindProperty(Name = "overlap")]
    public string? Overlap { get; set; }

    /// <summary>The next times as the form has it.</summary>
    public IReadOnlyList<DateTime> Next { get; private set; } = [];

    public string? Complaint { get; private set; }

    public async Task<IActionResult> OnGetAsync(string job)
    {
        if (!await FindAsync(job))
            return NotFound();
        if (Found!.Held?.Change is { } change)
            (Cron, Attempts, Pause, Limit, Overlap) = (change.Cron, change.Attempts, change.PauseSeconds, change.LimitSeconds, change.Overlap);
        Next = Found.Next;
        return Page();
    }

    /// <param name="act"><c>save</c>; anything else shows what it would be.</param>
    public async Task<IActionResult> OnPostAsync(string job, [FromForm] string? act)
    {
        if (!await FindAsync(job))
            return NotFound();
        var change = new ScheduleChange(Given(Cron), Attempts, Pause, Limit, Given(Overlap));
        (Next, Complaint) = control.Preview(change.Cron ?? Found!.OwnCron!);
        if (!ModelState.IsValid)
            Complaint ??= string.Join('\n', ModelState.Where(field => field.Value!.Errors.Count > 0).Select(field => $"{field.Key}: expected a whole number"));
        if (Complaint is null && act == "save")
        {
            Complaint = await control.ChangeScheduleAsync(job, change, HttpContext.Actor(), HttpContext.RequestAborted);
            if (Complaint is null)
                return LocalRedirect("/jobs");
        }
        if (Complaint is not null)
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return Page();
    }

    private async Task<bool> FindAsync(string job) =>
        (Found = (await control.ListAsync(HttpContext.RequestAborted)).FirstOrDefault(known => known.Name == job && known.OwnCron is not null)) is not null;

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
