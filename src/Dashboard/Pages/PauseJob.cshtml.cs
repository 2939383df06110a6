using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Dashboard.Door;

namespace Pipeline.Dashboard.Pages;

public sealed class PauseJobModel(IJobControl control) : PageModel
{
    /// <param name="act"><c>pause</c> or <c>resume</c>.</param>
    public async Task<IActionResult> OnPostAsync(string job, [FromForm] string? act)
    {
        var (actor, cancelled) = (HttpContext.Actor(), HttpContext.RequestAborted);
        if ((await control.ListAsync(cancelled)).FirstOrDefault(known => known.Name == job) is not { Cron: not null })
            return NotFound();
        switch (act)
        {
            case "pause":
                await control.PauseAsync(job, actor, cancelled);
                break;
            case "resume":
                await control.ResumeAsync(job, actor, cancelled);
                break;
            default:
                return BadRequest();
        }
        return LocalRedirect("/jobs");
    }
}
