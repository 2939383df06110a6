using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Dashboard.Door;

namespace Pipeline.Dashboard.Pages;

public sealed class BackfillModel(IJobControl control, TimeProvider clock) : PageModel
{
    public string Job { get; private set; } = "";

    /// <summary>UTC, as the form has it.</summary>
    public DateTime From { get; private set; }

    public DateTime To { get; private set; }

    public IReadOnlyList<BackfillTime> Plan { get; private set; } = [];

    public string? Complaint { get; private set; }

    /// <summary>As a browser's field of a date and a time takes it.</summary>
    public static string Text(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);

    public async Task<IActionResult> OnGetAsync(string job)
    {
        if (!await FindAsync(job))
            return NotFound();
        To = clock.GetUtcNow().UtcDateTime.Date;
        From = To.AddDays(-1);
        return Page();
    }

    /// <param name="act"><c>run</c>; anything else shows what it would do.</param>
    public async Task<IActionResult> OnPostAsync(string job, [FromForm] string? from, [FromForm] string? to, [FromForm] string? act)
    {
        if (!await FindAsync(job))
            return NotFound();
        (From, To) = (Time(from), Time(to));
        var plan = await control.BackfillAsync(job, From, To, act == "run" ? HttpContext.Actor() : null, HttpContext.RequestAborted);
        (Plan, Complaint) = (plan.Times, plan.Complaint);
        if (Complaint is null && act == "run")
            return LocalRedirect("/runs");
        if (Complaint is not null)
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return Page();
    }

    private async Task<bool> FindAsync(string job)
    {
        Job = job;
        return (await control.ListAsync(HttpContext.RequestAborted)).Any(known => known.Name == job && known.CanBackfill);
    }

    /// <summary>The beginning of time for what is none: no range that is over begins or ends there.</summary>
    private static DateTime Time(string? text) =>
        DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : default;
}
