using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Dashboard.Door;

namespace Pipeline.Dashboard.Pages;

public sealed class BackfillModel(IJobControl control, TimeProvider clock) : PageModel
{
    /// <summary>What browsers send of a field of a date and a time.</summary>
    private static readonly string[] Forms = ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.fff"];

    public string Job { get; private set; } = "";

    /// <summary>Whose times the form has: the timetable's, as where it is changed.</summary>
    public TimeZoneInfo Zone { get; private set; } = TimeZoneInfo.Utc;

    /// <summary>UTC.</summary>
    public DateTime From { get; private set; }

    /// <summary>UTC.</summary>
    public DateTime To { get; private set; }

    public IReadOnlyList<BackfillTime> Plan { get; private set; } = [];

    public string? Complaint { get; private set; }

    /// <summary>As a browser's field of a date and a time takes it.</summary>
    public string Text(DateTime time) => TimeZoneInfo.ConvertTimeFromUtc(time, Zone).ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);

    public async Task<IActionResult> OnGetAsync(string job)
    {
        if (!await FindAsync(job))
            return NotFound();
        // The day that was over last, in that zone.
        var today = TimeZoneInfo.ConvertTimeFromUtc(clock.GetUtcNow().UtcDateTime, Zone).Date;
        (From, To) = (Utc(today.AddDays(-1)), Utc(today));
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
        if ((await control.ListAsync(HttpContext.RequestAborted)).FirstOrDefault(known => known.Name == job && known.CanBackfill) is not { } found)
            return false;
        Zone = TimeZoneInfo.FindSystemTimeZoneById(found.Zone);
        return true;
    }

    /// <summary>The beginning of time for what is none: no range that is over begins or ends there.</summary>
    private DateTime Time(string? text) =>
        DateTime.TryParseExact(text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) && !Zone.IsInvalidTime(time) ? Utc(time) : default;

    private DateTime Utc(DateTime time) => TimeZoneInfo.ConvertTimeToUtc(time, Zone);
}
